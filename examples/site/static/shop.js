// Hearts without leaving the page. Everything works without this file too: each heart is a form.

addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !("wish" in form.dataset)) return;
  event.preventDefault();
  // Whoever presses twice before there is an answer has pressed once.
  if (form.ariaBusy !== "true") sendWish(form);
});

async function sendWish(form) {
  form.ariaBusy = "true";
  const fields = new FormData(form);
  const token = fields.get("csrfmiddlewaretoken");
  fields.delete("csrfmiddlewaretoken");
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { "Accept": "application/json", "X-CSRFToken": token },
      body: new URLSearchParams(fields),
    });
    if (!response.ok) throw new Error(`The shop answered ${response.status}`);
    showWish(form.dataset.wish, await response.json());
  } catch {
    // The old way: the page that comes says what is wrong, if anything is.
    form.submit();
  } finally {
    form.ariaBusy = null;
  }
}

function showWish(slug, { keep, count }) {
  for (const form of document.querySelectorAll(`[data-wish="${CSS.escape(slug)}"]`)) {
    form.elements.keep.value = keep ? "no" : "yes";
    form.querySelector("button").ariaPressed = String(keep);
  }
  document.querySelector("[data-wish-count]").textContent = String(count);
  const announcement = document.querySelector("[data-announcement]");
  announcement.textContent = keep ? announcement.dataset.kept : announcement.dataset.dropped;
}

// A page the browser had kept whole for its back button would show the cart of that time.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
