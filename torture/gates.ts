/** Lets requests of a site in this process wait for one another. */
export class Gates {
  readonly #gates = new Map<string, Gate>();

  /** Makes a request wait, and lets it be known: for `hold` of a site. */
  readonly hold = (name: string): Promise<void> => {
    const gate = this.#gate(name);
    gate.arrival.resolve();
    return gate.opening.promise;
  };

  /**
   * Settles when a request waits there.
   *
   * @param name The gate.
   */
  reached(name: string): Promise<void> {
    return this.#gate(name).arrival.promise;
  }

  /**
   * Lets it go on.
   *
   * @param name The gate.
   */
  open(name: string): void {
    this.#gate(name).opening.resolve();
    this.#gates.delete(name);
  }

  #gate(name: string): Gate {
    let gate = this.#gates.get(name);
    if (gate === undefined) {
      gate = { arrival: Promise.withResolvers<void>(), opening: Promise.withResolvers<void>() };
      this.#gates.set(name, gate);
    }
    return gate;
  }
}

interface Gate {
  readonly arrival: PromiseWithResolvers<void>;
  readonly opening: PromiseWithResolvers<void>;
}
