const TELL_EVERY_MS = 1_000;

/** One in a second is told, with how many there were: a thousand lines a second would be a second overload. */
export class Tellings {
  readonly #untold = new Map<string, { count: number; nextAt: number }>();

  /** @param name one of few @returns how many there were since the last that was told, this one counted; 0: say nothing */
  due(name: string, now: number): number {
    const untold = this.#untold.get(name) ?? { count: 0, nextAt: now };
    this.#untold.set(name, untold);
    untold.count += 1;
    if (now < untold.nextAt) return 0;
    const { count } = untold;
    untold.count = 0;
    untold.nextAt = now + TELL_EVERY_MS;
    return count;
  }
}
