/** Looks at every process every 0.8 s and keeps the last picture. It changes nothing and asks nobody for work. */
import { arrowsOf, type Floor, outboxOf, type Process, topicsOf, type Window } from './floor.ts';
import { type Sample, samplesOf, sumOf } from './metrics-text.ts';
import type { Look } from './probe.ts';
import type { Watched } from './watched.ts';

/** With the 0.7 s that a silent one is waited for, half a second is left of the two within which it is to be seen. */
export const LOOK_EVERY_MS = 800;
/** A process answers /metrics anew once a second; over fewer looks a rate would jump between none and twice as many. */
const LOOKS_PER_RATE = 4;

interface Measured {
  readonly upS: number;
  readonly samples: readonly Sample[];
}

interface Known {
  state: Look['state'];
  since: number;
  /** The newest last. */
  measured: Measured[];
}

export class Watch {
  readonly #whom: () => readonly Watched[];
  readonly #monotonicMs: () => number;
  readonly #known = new Map<string, Known>();
  #floor: Floor | undefined;
  #waiting: ((floor: Floor) => void)[] = [];

  constructor(whom: () => readonly Watched[], monotonicMs: () => number = () => performance.now()) {
    this.#whom = whom;
    this.#monotonicMs = monotonicMs;
  }

  /** The last picture, undefined before the first look. */
  get floor(): Floor | undefined {
    return this.#floor;
  }

  /** The first picture after this one; undefined when none came in time. */
  after(sequence: number, atMostMs: number): Promise<Floor | undefined> {
    if (this.#floor && this.#floor.sequence !== sequence) return Promise.resolve(this.#floor);
    return new Promise((resolve) => {
      const seen = (floor: Floor): void => {
        clearTimeout(late);
        resolve(floor);
      };
      const late = setTimeout(() => {
        this.#waiting = this.#waiting.filter((one) => one !== seen);
        resolve(undefined);
      }, atMostMs);
      this.#waiting.push(seen);
    });
  }

  async look(): Promise<Floor> {
    const looked = await Promise.all(
      this.#whom().map(async (one) => {
        const [look, measures] = await Promise.all([one.look(), one.measures?.()]);
        return { one, look, text: measures?.text };
      }),
    );
    const names = new Set(looked.map(({ one }) => one.name));
    for (const name of this.#known.keys()) if (!names.has(name)) this.#known.delete(name);
    const processes = looked.map(({ one, look, text }) => this.#processOf(one, look, text));
    const windows = looked.flatMap(({ one }) => this.#windowOf(one));
    this.#floor = {
      sequence: (this.#floor?.sequence ?? 0) + 1,
      at: new Date().toISOString(),
      processes,
      arrows: arrowsOf(windows),
      topics: topicsOf(),
      outbox: outboxOf(windows),
    };
    for (const waiter of this.#waiting.splice(0)) waiter(this.#floor);
    return this.#floor;
  }

  #processOf({ name, part, kind }: Watched, { state, why }: Look, text: string | undefined): Process {
    const known = this.#known.get(name) ?? { state, since: this.#monotonicMs(), measured: [] };
    this.#known.set(name, known);
    if (known.state !== state) Object.assign(known, { state, since: this.#monotonicMs() });
    const measured = measuredIn(text);
    const last = known.measured.at(-1);
    // One that does not answer says nothing of now; one that began again counts from nothing.
    if (!measured || (last && measured.upS < last.upS)) known.measured = [];
    if (measured && measured.upS !== last?.upS) known.measured = [...known.measured, measured].slice(-LOOKS_PER_RATE);
    const memory = measured && sumOf(measured.samples, 'process_memory_usage_bytes');
    return {
      name,
      part,
      kind,
      state,
      ...(why === undefined ? {} : { why }),
      forMs: Math.round(this.#monotonicMs() - known.since),
      ...(memory === undefined ? {} : { memoryBytes: memory }),
      ...(measured ? { upS: Math.round(measured.upS) } : {}),
    };
  }

  #windowOf({ name, part }: Watched): Window[] {
    const measured = this.#known.get(name)?.measured ?? [];
    const [first, last] = [measured[0], measured.at(-1)];
    if (!first || !last) return [];
    return [{ name, part, seconds: last.upS - first.upS, before: first.samples, now: last.samples }];
  }
}

function measuredIn(text: string | undefined): Measured | undefined {
  if (text === undefined) return undefined;
  const samples = samplesOf(text);
  const upS = sumOf(samples, 'process_uptime_seconds');
  return upS === undefined ? undefined : { upS, samples };
}
