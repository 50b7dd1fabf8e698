import type { AppDescription, DescribedLayer } from "../middleware/describe_layer.ts";

/** A layer, and where it stands: 0 is outermost. */
export interface Placed extends DescribedLayer {
  readonly index: number;
}

/** An application's layers, as rules ask about them. */
export class Stack {
  /** What the pipeline was told. */
  readonly app: AppDescription;
  /** The layers, outermost first. */
  readonly layers: readonly Placed[];

  constructor(app: AppDescription) {
    this.app = app;
    this.layers = app.layers.map((layer, index) => ({ ...layer, index }));
  }

  /** All layers of a name, outermost first. A user's own function of that name is none of them. */
  all(name: string): Placed[] {
    return this.layers.filter((layer) => layer.described && layer.name === name);
  }

  /** The outermost layer of a name. */
  first(name: string): Placed | undefined {
    return this.all(name)[0];
  }

  /** Whether there is a layer of one of these names. */
  has(...names: string[]): boolean {
    return names.some((name) => this.first(name) !== undefined);
  }

  /** Whether somebody outside of a layer may have added what it needs without telling. */
  hasStrangerOutside({ index }: Placed): boolean {
    return this.layers.some((layer) => !layer.described && layer.index < index);
  }

  /** What is sent with every response under this name: the value, `true` if it varies, `undefined` if no layer is known to send it. */
  sends(header: string): string | true | undefined {
    for (const { sends } of this.layers) if (sends?.[header] !== undefined) return sends[header];
    return undefined;
  }
}

/** What a layer was told, by the type of what it gives away. */
export function factsOf<T>(layer: Placed | undefined): Partial<T> {
  return (layer?.facts ?? {}) as Partial<T>;
}

/** Whether visitors are sent to https, and to which host; `undefined` for the one they have named. */
export function httpsRedirectOf(layer: Placed): { readonly host: string | undefined } | undefined {
  const { redirectsToHttps, host } = factsOf<{ redirectsToHttps: boolean; host: string }>(layer);
  return redirectsToHttps === true ? { host } : undefined;
}

/** A function's name as it is written in a program. */
export function call(name: string): string {
  return `${name}()`;
}

/** "a() and b()". */
export function listed(names: readonly string[]): string {
  const calls = [...new Set(names)].map(call);
  return calls.length < 2 ? calls.join("") : `${calls.slice(0, -1).join(", ")} and ${calls.at(-1)}`;
}
