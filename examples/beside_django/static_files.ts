/** The sheet and the drawings, the same for both sides. They are named here, so that no address can lead to any other file. */

const TYPES: ReadonlyMap<string, string> = new Map([
  ["observatory.css", "text/css; charset=utf-8"],
  ...["cloud", "sky", "sun", "barometer", "wind-vane", "rain-gauge", "anemometer", "hygrometer", "sunshine-recorder"]
    .map((name) => [`${name}.svg`, "image/svg+xml"] as const),
]);

/** Answers for `/static/…`. */
export async function staticFile(request: Request, pathname: string): Promise<Response> {
  const name = pathname.slice("/static/".length);
  const type = TYPES.get(name);
  if (type === undefined) return new Response("There is no such file.", { status: 404 });
  if (request.method !== "GET" && request.method !== "HEAD") {
    return new Response(null, { status: 405, headers: { Allow: "GET, HEAD" } });
  }
  const bytes = await Deno.readFile(new URL(`./static/${name}`, import.meta.url));
  const headers = { "Content-Type": type, "Cache-Control": "public, no-cache", "X-Content-Type-Options": "nosniff" };
  return new Response(request.method === "HEAD" ? null : bytes, { headers });
}
