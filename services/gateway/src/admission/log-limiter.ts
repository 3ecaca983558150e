const EVERY_MS = 1_000;

/** Rate-limits a log line to one per second, with a count: a thousand lines a second would be a second overload. */
export class LogLimiter {
  readonly #events = new Map<string, { count: number; nextAt: number }>();

  /** @param name one of a few @returns how many events the line stands for, this one included; 0: write no line */
  count(name: string, now: number): number {
    const event = this.#events.get(name) ?? { count: 0, nextAt: now };
    this.#events.set(name, event);
    event.count += 1;
    if (now < event.nextAt) return 0;
    const { count } = event;
    event.count = 0;
    event.nextAt = now + EVERY_MS;
    return count;
  }
}
