import { unescape } from "@std/html/entities";
import type { PageForm } from "./test_browser_options.ts";

/**
 * Finds the forms of a page. It reads what templates write, not everything that a browser repairs: a tag ends at its first `>`.
 *
 * @param page The page, in HTML.
 * @param url Where it came from.
 * @returns Its forms, in their order.
 */
export function formsOf(page: string, url: URL): PageForm[] {
  const text = page.replace(/<!--.*?-->|<(script|template)\b.*?<\/\1\s*>/gis, "");
  return [...text.matchAll(/<form\b([^>]*)>(.*?)<\/form\s*>/gis)].map(([, tag, content]) =>
    formOf(url, tag!, content!)
  );
}

/**
 * The body that a form is sent with.
 *
 * @param form The form, which is sent by POST.
 * @param filled What is in its fields.
 * @returns The body.
 */
export function bodyOf(form: PageForm, filled: readonly [string, string][]): URLSearchParams | FormData {
  if (!form.isMultipart) return new URLSearchParams(filled as [string, string][]);
  const body = new FormData();
  for (const [name, value] of filled) body.append(name, value);
  return body;
}

function formOf(url: URL, tag: string, content: string): PageForm {
  const attributes = attributesOf(tag);
  const { fields, names } = controlsOf(content);
  return {
    id: attributes.get("id") ?? "",
    name: attributes.get("name") ?? "",
    page: url.href,
    action: new URL(attributes.get("action") || url.href, url).href,
    method: attributes.get("method")?.toUpperCase() === "POST" ? "POST" : "GET",
    isMultipart: attributes.get("enctype")?.toLowerCase() === "multipart/form-data",
    fields,
    names,
  };
}

const CONTROLS = /<(input|button)\b([^>]*)>|<(textarea|select)\b([^>]*)>(.*?)<\/\3\s*>/gis;

function controlsOf(content: string): Pick<PageForm, "fields" | "names"> {
  const fields: Record<string, string> = {};
  const names: string[] = [];
  for (const [, single, singleTag, double, doubleTag, inside = ""] of content.matchAll(CONTROLS)) {
    const kind = (single ?? double)!.toLowerCase();
    const attributes = attributesOf((singleTag ?? doubleTag)!);
    const name = attributes.get("name") ?? "";
    if (name === "" || attributes.has("disabled")) continue;
    names.push(name);
    const value = valueOf(kind, attributes, inside);
    if (value !== undefined) fields[name] = value;
  }
  return { fields, names };
}

/** What a field sends that nobody touches; `undefined` if it sends nothing. */
function valueOf(kind: string, attributes: ReadonlyMap<string, string>, inside: string): string | undefined {
  if (kind === "button") return undefined;
  // The first line break is the template's.
  if (kind === "textarea") return unescape(inside.replace(/^\r?\n/, ""));
  if (kind === "select") return selectedIn(inside);
  const type = attributes.get("type")?.toLowerCase() ?? "text";
  if (/^(?:submit|image|button|reset|file)$/.test(type)) return undefined;
  if (type !== "checkbox" && type !== "radio") return attributes.get("value") ?? "";
  return attributes.has("checked") ? attributes.get("value") ?? "on" : undefined;
}

function selectedIn(content: string): string | undefined {
  const options = [...content.matchAll(/<option\b([^>]*)>([^<]*)/gi)]
    .map(([, tag, text]) => ({ attributes: attributesOf(tag!), text: unescape(text!.trim()) }));
  const chosen = options.find(({ attributes }) => attributes.has("selected")) ?? options[0];
  return chosen && (chosen.attributes.get("value") ?? chosen.text);
}

function attributesOf(tag: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (
    const [, name, double, single, bare] of tag.matchAll(/([^\s=/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+)))?/g)
  ) {
    attributes.set(name!.toLowerCase(), unescape(double ?? single ?? bare ?? ""));
  }
  return attributes;
}
