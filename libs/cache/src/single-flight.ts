/** Callers that want the same key at the same time share one load. */
export class SingleFlight<V> {
  readonly #running = new Map<string, Promise<V>>();
  readonly #next = new Map<string, Promise<V>>();

  /** Joins the load that is running, or begins one. */
  share(key: string, load: () => Promise<V>): Promise<V> {
    return this.#running.get(key) ?? this.#begin(key, load);
  }

  /**
   * Joins a load that begins after this call, so that the caller reads its own writes: one is running and one is next, however many
   * callers there are.
   */
  shareNext(key: string, load: () => Promise<V>): Promise<V> {
    const running = this.#running.get(key);
    if (!running) return this.#begin(key, load);
    const begin = (): Promise<V> => {
      this.#next.delete(key);
      return this.share(key, load); // a load that runs by now began after this call
    };
    const next = this.#next.get(key) ?? running.then(begin, begin);
    this.#next.set(key, next);
    return next;
  }

  #begin(key: string, load: () => Promise<V>): Promise<V> {
    const flight = load().finally(() => {
      if (this.#running.get(key) === flight) this.#running.delete(key);
    });
    this.#running.set(key, flight);
    return flight;
  }
}
