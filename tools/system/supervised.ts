/** One process that is kept alive: started, watched, started again when it ends unasked, stopped when asked. */
import { exitText, lastLine, liveChildren, type Running } from '../infrastructure/child.ts';
import { askReadiness } from './readiness.ts';
import type { Terminal } from './terminal.ts';

export type State = 'stopped' | 'starting' | 'ready' | 'waiting to restart' | 'stopping';

export interface Part {
  readonly name: string;
  readonly kind: 'infrastructure' | 'service';
  readonly runtime: 'node' | 'java' | 'native';
  readonly ports: readonly number[];
  readonly logFile: string;
  start(): Promise<Running>;
  /** Answers 200 when it is ready; without it, it is ready when started. */
  readonly readyUrl?: string;
}

const BACKOFF_MS_MIN = 500;
const BACKOFF_MS_MAX = 5_000;
/** After this long alive, an end counts as the first one again. */
const STEADY_MS_MIN = 30_000;
const POLL_MS = 100;

export class Supervised {
  readonly part: Part;
  readonly #terminal: Terminal;
  #state: State = 'stopped';
  #running: Running | undefined;
  #restarts = 0;
  #startedAt = 0;
  #endsInARow = 0;
  #keepAlive = false;
  #backoff: NodeJS.Timeout | undefined;
  #forced = false;

  constructor(part: Part, terminal: Terminal) {
    this.part = part;
    this.#terminal = terminal;
  }

  get state(): State {
    return this.#state;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** True when it had to be killed in a stop. */
  get forced(): boolean {
    return this.#forced;
  }

  get upSeconds(): number {
    return this.pid === undefined ? 0 : Math.round((Date.now() - this.#startedAt) / 1_000);
  }

  /** Also while it starts, when nobody else has heard of it yet. */
  get pid(): number | undefined {
    return this.#running?.pid ?? [...liveChildren].find(({ name }) => name === this.part.name)?.pid;
  }

  /** The first start: an end before it is ready is a failure of the whole, not a reason to try again. */
  async start(atMostMs: number): Promise<void> {
    this.#keepAlive = true;
    const running = await this.#launch();
    const ended = running.exited.then((exit) => exitText(exit));
    const giveUpAt = Date.now() + atMostMs;
    while (this.#state !== 'ready') {
      const answer = await this.#ask(running);
      if (answer === 'ready') break;
      const end = await Promise.race([ended, pause(POLL_MS)]);
      if (end !== undefined)
        throw new Error(
          `${this.part.name} ${end} while it started: ${lastLine(this.part.logFile)} (log: ${this.part.logFile})`,
        );
      if (Date.now() > giveUpAt) {
        throw new Error(
          `${this.part.name} is not ready after ${atMostMs / 1_000} s (${answer}); its log is ${this.part.logFile}`,
        );
      }
    }
    void running.exited.then((exit) => this.#ended(exitText(exit)));
  }

  async stop(): Promise<void> {
    this.#keepAlive = false;
    clearTimeout(this.#backoff);
    const running = this.#running;
    if (running) {
      this.#state = 'stopping';
      await running.stop();
      if ((await running.exited).signal === 'SIGKILL') this.#forced = true;
    }
    this.#state = 'stopped';
  }

  async #launch(): Promise<Running> {
    this.#state = 'starting';
    this.#startedAt = Date.now();
    const running = await this.part.start();
    this.#running = running;
    void running.exited.then(() => {
      if (this.#running === running) this.#running = undefined;
    });
    if (this.part.readyUrl === undefined) this.#state = 'ready';
    return running;
  }

  async #ask(running: Running): Promise<string> {
    const { ready, said } = this.part.readyUrl ? await askReadiness(this.part.readyUrl) : { ready: true, said: '' };
    // Its port may answer as somebody else's a moment after its own end.
    if (ready && this.#running === running && this.#state === 'starting') this.#state = 'ready';
    return this.#state === 'ready' ? 'ready' : said;
  }

  #ended(how: string): void {
    if (!this.#keepAlive) return;
    if (Date.now() - this.#startedAt > STEADY_MS_MIN) this.#endsInARow = 0;
    const waitMs = Math.min(BACKOFF_MS_MIN * 2 ** this.#endsInARow, BACKOFF_MS_MAX);
    this.#endsInARow += 1;
    this.#state = 'waiting to restart';
    this.#terminal.step(
      `${this.part.name} ${how}; starting it again in ${waitMs / 1_000} s (log: ${this.part.logFile})`,
    );
    this.#backoff = setTimeout(() => void this.#restart(), waitMs);
  }

  async #restart(): Promise<void> {
    this.#restarts += 1;
    try {
      const running = await this.#launch();
      void running.exited.then((exit) => this.#ended(exitText(exit)));
      await this.#untilReadyAgain(running);
    } catch (error) {
      this.#ended(`did not start (${(error as Error).message})`);
    }
  }

  /** No bound: a service whose dependency is away is rightly not ready, and killing it would help nobody. */
  async #untilReadyAgain(running: Running): Promise<void> {
    while (this.#running === running && this.#keepAlive) {
      if ((await this.#ask(running)) === 'ready') {
        const seconds = ((Date.now() - this.#startedAt) / 1_000).toFixed(1);
        this.#terminal.step(
          `${this.part.name} is ready again, ${seconds} s after its start (restart ${this.#restarts})`,
        );
        return;
      }
      await pause(POLL_MS);
    }
  }
}

const pause = (ms: number): Promise<undefined> => new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
