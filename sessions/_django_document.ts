import { djangoJson } from "../cookies/django_json.ts";
import type { DjangoTime } from "./django_time.ts";
import { isObject, parseJson, type SessionDocument } from "./_session_document.ts";

/** A value as Django has written it, and as it would be written here. */
interface Written {
  readonly theirs: string;
  readonly ours: string;
}

/** Values that JavaScript would write in another way than Python: what nobody changes is written back as it was. */
export type ExactValues = ReadonlyMap<string, Written>;

/** What was found in a row. */
export interface DjangoDocument {
  /** The session. */
  readonly document: SessionDocument;
  /** What has to be kept as it is. */
  readonly exact: ExactValues;
}

/**
 * Reads the JSON of a session.
 *
 * @param json The JSON, from Django or from here.
 * @param time How dates are written.
 * @param created What counts as its beginning, which Django doesn't keep.
 * @returns The session; `undefined` if it is something else.
 */
export function readDjango(json: string, time: DjangoTime, created: number): DjangoDocument | undefined {
  const parsed = parseJson(json);
  if (!isObject(parsed)) return undefined;
  const data = new Map(Object.entries(parsed));
  const exact = new Map<string, Written>();
  if (INEXACT_REGEXP.test(json)) keepExact(json, data, exact);
  const expiry = expiryFrom(data.get(EXPIRY_KEY), time);
  if (expiry !== undefined) {
    exact.set(EXPIRY_KEY, { theirs: djangoJson(data.get(EXPIRY_KEY)), ours: djangoJson(expiry) });
    data.delete(EXPIRY_KEY);
  }
  return { document: { data, created, expiry, owner: ownerFrom(data) }, exact };
}

/**
 * Writes a session as JSON.
 *
 * @param document The session. What Django's table has no place for (its beginning, its name in lists) is left out.
 * @param exact What has to be kept as it was, where it wasn't changed.
 * @param time How dates are written.
 * @returns The JSON, in ASCII.
 * @throws {TypeError} If it has another owner than its user.
 */
export function writeDjango(document: SessionDocument, exact: ExactValues, time: DjangoTime): string {
  const members: string[] = [];
  const put = (key: string, ours: string, written: string = ours) => {
    const known = exact.get(key);
    members.push(`${djangoJson(key)}:${known?.ours === ours ? known.theirs : written}`);
  };
  for (const [key, value] of document.data) put(key, djangoJson(value));
  const { expiry } = document;
  if (typeof expiry === "number") put(EXPIRY_KEY, djangoJson(expiry));
  else if (expiry !== undefined) {
    put(EXPIRY_KEY, djangoJson(expiry), djangoJson(time.toIso(Date.parse(expiry))));
  }
  return `{${members.join(",")}}`;
}

/**
 * Refuses an owner that would be gone with the next request.
 *
 * @param document The session.
 * @throws {TypeError} If it has another owner than its user.
 */
export function assertOwnerIsUser({ owner, data }: SessionDocument): void {
  if (owner === undefined || owner.name === data.get(USER_KEY)) return;
  throw new TypeError(
    "Cannot set the session's owner as Django's sessions belong to the user who has signed in: use login() of authentication(), or store the name in the session",
  );
}

/** Django's. */
const EXPIRY_KEY = "_session_expiry";
const USER_KEY = "_auth_user_id";

/** Whether there may be a number that comes back as another text: a fraction, an exponent, more digits than a double has. */
const INEXACT_REGEXP = /\d[.eE]|\d{16}|-0/;

function expiryFrom(value: unknown, time: DjangoTime): SessionDocument["expiry"] {
  if (typeof value === "number") return value;
  const at = typeof value === "string" ? time.fromIso(value) : NaN;
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

function ownerFrom(data: ReadonlyMap<string, unknown>): SessionDocument["owner"] {
  const name = data.get(USER_KEY);
  if (typeof name !== "string" || name === "") return undefined;
  return { name, label: undefined, address: "", isAddressGiven: false, seen: 0 };
}

function keepExact(json: string, data: ReadonlyMap<string, unknown>, exact: Map<string, Written>): void {
  for (const [key, theirs] of membersOf(json)) {
    const ours = djangoJson(data.get(key));
    if (theirs === ours) exact.delete(key);
    else exact.set(key, { theirs, ours });
  }
}

/** The members of an object, each with the text of its value. The JSON is known to be good. */
function* membersOf(json: string): Generator<[key: string, value: string]> {
  const open = json.indexOf("{");
  for (let at = open + 1;;) {
    const begin = json.indexOf('"', at);
    if (begin < 0) return;
    const colon = json.indexOf(":", endOfText(json, begin));
    const key: string = JSON.parse(json.slice(begin, endOfText(json, begin)));
    at = endOfValue(json, colon + 1);
    yield [key, json.slice(colon + 1, at).trim()];
  }
}

function endOfText(json: string, begin: number): number {
  for (let at = begin + 1;; at++) {
    if (json[at] === "\\") at++;
    else if (json[at] === '"') return at + 1;
  }
}

function endOfValue(json: string, begin: number): number {
  let depth = 0;
  for (let at = begin;; at++) {
    const letter = json[at];
    if (letter === '"') at = endOfText(json, at) - 1;
    else if (letter === "{" || letter === "[") depth++;
    else if (depth === 0 && (letter === "," || letter === "}")) return at;
    else if (letter === "}" || letter === "]") depth--;
  }
}
