/** A page of 100 KB, a list of books as a shop would send it. */

const WORDS = Array.from({ length: 3000 }, (_, index) => Math.abs(Math.sin(index)).toString(36).slice(2, 8));

/** The page. */
export const PAGE: string = makePage();

/** What unpacks to the page is the page, whatever was added to it. */
export async function expectPage(packed: Uint8Array<ArrayBuffer>): Promise<string> {
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  if (await new Response(unpacked).text() !== PAGE) throw new Error("It must unpack to the page");
  return "(a page that unpacks to what it was)";
}

function makePage(): string {
  const word = (index: number) => WORDS[index % WORDS.length];
  let page = "<!doctype html><title>Books</title><ul>";
  for (let index = 0; page.length < 100_000; index++) {
    const title = `${word(index * 7)} ${word(index * 13)} ${word(index)}`;
    page += `<li class="book"><a href="/books/${index}/">${title}</a> costs ${index * 37 % 1000}</li>\n`;
  }
  return page;
}
