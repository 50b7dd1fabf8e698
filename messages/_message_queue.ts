import { type Awaitable, chain } from "../middleware/awaitable.ts";
import type { Context } from "../middleware/context.ts";
import { Html } from "../middleware/html.ts";
import { RequestContext } from "../middleware/request_context.ts";
import { hasDataTag, withDataTag } from "./_message_format.ts";
import { assertLevel, type MessageSettings } from "./_message_settings.ts";
import type { MessageExtra, Messages, ReadMessagesOptions } from "./has_messages.ts";
import { isPrefetch } from "./is_page_request.ts";
import { Message } from "./message.ts";
import { messageLevels } from "./message_levels.ts";
import type { LoadedMessages, MessageStorage, OpenMessages, StoredMessage } from "./storage.ts";
import { type TemplateMessages, templateMessages } from "./template_messages.ts";

/** The one implementation of {@linkcode Messages}: what waits, what was read, what was added. */
export class MessageQueue implements Messages {
  /** Set when the response leaves this layer: what is read or added from then on would not be stored. */
  left: boolean;

  readonly #request: Request;
  readonly #context: Context;
  readonly #settings: MessageSettings;
  readonly #place: MessageStorage;
  #storage: OpenMessages | undefined;
  #level: number;
  #loading: Awaitable<LoadedMessages> | undefined;
  /** What was loaded, and what was added and read. */
  #known: StoredMessage[] = NONE;
  /** What was added since the last reading. */
  #added: StoredMessage[] = NONE;
  #wasRead = false;

  constructor(
    request: Request,
    context: Context,
    settings: MessageSettings,
    place: MessageStorage,
    left: boolean,
  ) {
    this.left = left;
    this.#request = request;
    this.#context = context;
    this.#settings = settings;
    this.#place = place;
    this.#level = settings.minLevel;
  }

  /** Whether this request has to do with messages. */
  get isTouched(): boolean {
    return this.#loading !== undefined || this.#added.length > 0;
  }

  /** Whether they were read, and nobody took it back. */
  get wasRead(): boolean {
    return this.#wasRead;
  }

  /** How many were added in this request, read or not. */
  get countOfNew(): number {
    const loaded = this.#loading === undefined || this.#loading instanceof Promise ? 0 : this.#loading.messages.length;
    return this.#known.length - loaded + this.#added.length;
  }

  /** What was loaded, and what was added and read. */
  get known(): readonly StoredMessage[] {
    return this.#known;
  }

  /** What was added since the last reading. */
  get added(): readonly StoredMessage[] {
    return this.#added;
  }

  get level(): number {
    return this.#level;
  }

  set level(level: number) {
    assertLevel(level, "set the lowest level");
    this.#level = level;
  }

  add(level: number, text: string | Html, extra: MessageExtra = {}): void {
    const { tags = "", data } = extra;
    if (this.left) throw tooLate("add a message", "it would not be stored: add it");
    assertLevel(level, "add a message");
    assertText(text);
    assertTags(tags);
    const extraTags = withDataTag(tags.toWellFormed(), data);
    if (String(text) === "" || level < this.#level) return;
    if (this.#added === NONE) this.#added = [];
    this.#added.push({ level, text: String(text).toWellFormed(), extraTags, safe: text instanceof Html });
  }

  debug(text: string | Html, extra?: MessageExtra): void {
    this.add(messageLevels.debug, text, extra);
  }

  info(text: string | Html, extra?: MessageExtra): void {
    this.add(messageLevels.info, text, extra);
  }

  success(text: string | Html, extra?: MessageExtra): void {
    this.add(messageLevels.success, text, extra);
  }

  warning(text: string | Html, extra?: MessageExtra): void {
    this.add(messageLevels.warning, text, extra);
  }

  error(text: string | Html, extra?: MessageExtra): void {
    this.add(messageLevels.error, text, extra);
  }

  read(options: ReadMessagesOptions = {}): Promise<Message[]> {
    // What kind of request it is matters only if there is something to show.
    if (!this.left && this.#isEmpty()) return Promise.resolve([]);
    return ignorable(this.#read(options));
  }

  peek(): Promise<Message[]> {
    return ignorable(this.#look((messages) => messages.map((message) => this.present(message))));
  }

  size(): Promise<number> {
    return ignorable(this.#look((messages) => messages.length));
  }

  forTemplate(): Awaitable<TemplateMessages> {
    if (this.left || !this.#settings.isPage(this.#request)) return templateMessages(() => 0, () => []);
    return ignorable(
      chain(this.open(), () => templateMessages(() => this.#all().length, () => this.#takeNow())),
    );
  }

  keep(): void {
    this.#wasRead = false;
  }

  /** Loads what waits, once. */
  open(): Awaitable<LoadedMessages> {
    return this.#loading ??= chain((this.#storage = this.#place.open(this.#context)).load(), (loaded) => {
      this.#known = [...loaded.messages];
      return this.#loading = loaded;
    });
  }

  /** Keeps these messages and no others, once they were loaded. */
  store(messages: readonly StoredMessage[], response: Response): Awaitable<readonly StoredMessage[]> {
    return this.#storage!.store(messages, response);
  }

  /** A message as pages and scripts get it. */
  present(message: StoredMessage): Message {
    return new Message(message, this.#settings.levelTags);
  }

  async #read({ background = false }: ReadMessagesOptions): Promise<Message[]> {
    if (this.left) return this.#readLate();
    if (background ? isPrefetch(this.#request) : !this.#settings.isPage(this.#request)) return [];
    // Taken as soon as they are there: a view that doesn't wait for them, but streams what comes of it, has read them all the same.
    return await chain(this.open(), () => this.#take());
  }

  async #look<T>(see: (messages: StoredMessage[]) => T): Promise<T> {
    await this.open();
    return see(this.#all());
  }

  /** A layer outside makes an error page: there is nothing to show, as it would be shown again. A stream that comes too late is a mistake. */
  #readLate(): Message[] {
    if (RequestContext.runOf(this.#context)?.hasLeft === false) return [];
    throw readTooLate();
  }

  #takeNow(): Message[] {
    if (this.left) throw readTooLate();
    return this.#take();
  }

  #take(): Message[] {
    this.#known = this.#all();
    this.#added = NONE;
    this.#wasRead = true;
    return this.#known.map((message) => this.present(message));
  }

  #isEmpty(): boolean {
    return !this.isTouched && this.#place.isEmpty?.(this.#context) === true;
  }

  #all(): StoredMessage[] {
    return [...this.#known, ...this.#added];
  }
}

const NONE: StoredMessage[] = [];

/** Who asks, and answers before it is there or never awaits it, must not bring the process down if it fails. */
function ignorable<T>(asked: T): T {
  if (asked instanceof Promise) asked.catch(() => {});
  return asked;
}

function assertText(text: unknown): void {
  if (typeof text === "string" || text instanceof Html) return;
  throw new TypeError(`Cannot add a message as its text must be a string or Html: received ${Deno.inspect(text)}`);
}

function assertTags(tags: unknown): void {
  if (typeof tags !== "string") {
    throw new TypeError(`Cannot add a message as its tags must be a string: received ${Deno.inspect(tags)}`);
  }
  if (hasDataTag(tags)) {
    throw new TypeError(
      `Cannot add a message with a tag that begins with "data:" as its data is kept so: received ${
        JSON.stringify(tags)
      }`,
    );
  }
}

function readTooLate(): Error {
  return tooLate("read messages", "they would be shown again: read them");
}

function tooLate(action: string, remedy: string): Error {
  return new Error(`Cannot ${action} as the response has left and ${remedy} before the view answers`);
}
