/** One lab at a time, with all that it says; and everything healed behind it, also behind one that was stopped. */
import { randomUUID } from 'node:crypto';
import type { LabEnd, LabRun } from '../../labs/child.ts';
import type { LabEvent } from '../../labs/events.ts';
import type { Breakage } from './breakage.ts';
import { Refused } from './refused.ts';

export interface Run {
  readonly id: string;
  readonly lab: string;
  readonly short: boolean;
  readonly state: 'running' | 'healing' | LabEnd;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

export interface Heard {
  readonly sequence: number;
  readonly event: LabEvent;
}

interface Kept {
  run: Run;
  readonly heard: Heard[];
  readonly over: AbortController;
  readonly ended: Promise<void>;
  waiting: (() => void)[];
}

/** Rejects for nothing that a lab does. */
export type RunLab = (run: Pick<LabRun, 'name' | 'short' | 'signal' | 'onEvent'>) => Promise<LabEnd>;

const RUNS_MAX = 20;
const EVENTS_MAX = 2_000;

export class Runs {
  readonly #runLab: RunLab;
  readonly #breakage: Pick<Breakage, 'healed' | 'whyNotWell'>;
  readonly #correct: (lab: string) => Promise<string[]>;
  /** The newest last. */
  #kept: Kept[] = [];
  #starting = false;

  /** @param correct corrects what a lab broke that was ended before it did so itself; gives a line for each */
  constructor(
    runLab: RunLab,
    breakage: Pick<Breakage, 'healed' | 'whyNotWell'>,
    correct: (lab: string) => Promise<string[]>,
  ) {
    this.#runLab = runLab;
    this.#breakage = breakage;
    this.#correct = correct;
  }

  get running(): Run | undefined {
    return this.#kept.find(({ run }) => run.endedAt === null)?.run;
  }

  /** The newest first. */
  get all(): Run[] {
    return this.#kept.map(({ run }) => run).reverse();
  }

  /**
   * Asked for twice, the second one is refused as long as the first one runs; after that it runs once more, which hurts
   * nobody, for a lab has customers of its own. Whoever got no answer sees in the list whether it runs.
   */
  async start(lab: string, short: boolean): Promise<Run> {
    const now = this.running;
    if (now || this.#starting)
      throw new Refused(
        'lab_running',
        `${now ? `The lab ${now.lab}` : 'A lab'} is running. One at a time: wait for it, or stop it.`,
      );
    this.#starting = true;
    try {
      const why = await this.#breakage.whyNotWell();
      if (why) throw new Refused('not_well', `A lab begins with all of it well. ${why} Heal everything, then run it.`);
    } finally {
      this.#starting = false;
    }
    const over = new AbortController();
    const kept: Kept = {
      run: {
        id: randomUUID(),
        lab,
        short,
        state: 'running',
        startedAt: new Date().toISOString(),
        endedAt: null,
      },
      heard: [],
      over,
      // In the next turn, when it is kept.
      ended: Promise.resolve().then(() => this.#carryOut(kept)),
      waiting: [],
    };
    this.#kept = [...this.#kept, kept].slice(-RUNS_MAX);
    return kept.run;
  }

  /** What was said after this; empty when nothing came in time. */
  async after(id: string, sequence: number, msMax: number): Promise<{ run: Run; heard: Heard[] }> {
    const kept = this.#find(id);
    const later = (): Heard[] => kept.heard.filter((one) => one.sequence > sequence);
    if (later().length === 0 && kept.run.endedAt === null) await this.#next(kept, msMax);
    return { run: kept.run, heard: later() };
  }

  /** Ends it at once; resolves before everything is healed behind it. Asked for twice, or too late, it does nothing. */
  stop(id: string): Run {
    const kept = this.#find(id);
    kept.over.abort();
    return kept.run;
  }

  /** Resolves when no lab runs any longer. */
  async stopAll(): Promise<void> {
    for (const { over } of this.#kept) over.abort();
    await Promise.all(this.#kept.map(({ ended }) => ended));
  }

  #find(id: string): Kept {
    const kept = this.#kept.find(({ run }) => run.id === id);
    if (!kept)
      throw new Refused(
        'run_unknown',
        `There is no such run; the last ${RUNS_MAX} are kept, until the lab runner is started again.`,
      );
    return kept;
  }

  async #carryOut(kept: Kept): Promise<void> {
    const { lab: name, short } = kept.run;
    const onEvent = (event: LabEvent): void => this.#hear(kept, event);
    const end = await this.#runLab({ name, short, signal: kept.over.signal, onEvent });
    this.#change(kept, { state: 'healing' });
    const { state, said } = await this.#breakage.healed();
    if (state === 'failed') onEvent({ kind: 'failed', why: `could not be healed: ${said}` });
    else await this.#corrected(name, onEvent);
    this.#change(kept, { state: end, endedAt: new Date().toISOString() });
  }

  async #corrected(lab: string, onEvent: (event: LabEvent) => void): Promise<void> {
    try {
      for (const line of await this.#correct(lab)) onEvent({ kind: 'said', text: `corrected  ${line}` });
    } catch (error) {
      onEvent({ kind: 'failed', why: `could not be corrected: ${(error as Error).message}` });
    }
  }

  #hear(kept: Kept, event: LabEvent): void {
    if (kept.heard.length < EVENTS_MAX) kept.heard.push({ sequence: kept.heard.length + 1, event });
    this.#wake(kept);
  }

  #change(kept: Kept, change: Partial<Run>): void {
    kept.run = { ...kept.run, ...change };
    this.#wake(kept);
  }

  #wake(kept: Kept): void {
    for (const wake of kept.waiting.splice(0)) wake();
  }

  #next(kept: Kept, msMax: number): Promise<void> {
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        kept.waiting = kept.waiting.filter((one) => one !== wake);
        resolve();
      }, msMax);
      const wake = (): void => {
        clearTimeout(late);
        resolve();
      };
      kept.waiting.push(wake);
    });
  }
}
