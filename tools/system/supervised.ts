/**
 * One process that is kept alive: started, watched, started again when it ends unasked, stopped when asked; and, for
 * whoever wants to see what happens then, killed, frozen, thawed and restarted on demand.
 */
import {
  type Child,
  type Exit,
  exitText,
  lastLine,
  liveChildren,
  type Running,
  within,
} from '../infrastructure/child.ts';
import { askReadiness } from './readiness.ts';
import type { Terminal } from './terminal.ts';

export type State = 'stopped' | 'starting' | 'ready' | 'frozen' | 'waiting to restart' | 'stopping';

/** What was asked for does not fit the state that the process is in; the message says why. */
export class NotNow extends Error {}

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
const KILLED_MS_MAX = 5_000;

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
  /** True while its end was asked for and is followed by a start. */
  #orderly = false;
  /** Counts what changes its readiness from outside; a poll that began under another number is out of date. */
  #turn = 0;

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
    return this.pid === undefined ? 0 : Math.round((performance.now() - this.#startedAt) / 1_000);
  }

  /** Also while it starts, when nobody else has heard of it yet. */
  get pid(): number | undefined {
    return this.#running?.pid ?? this.#child?.pid;
  }

  get #child(): Child | undefined {
    return [...liveChildren].find(({ name }) => name === this.part.name);
  }

  /** The first start: an end before it is ready is a failure of the whole, not a reason to try again. */
  async start(atMostMs: number): Promise<void> {
    this.#keepAlive = true;
    const running = await this.#launch();
    const ended = running.exited.then((exit) => exitText(exit));
    const giveUpAt = performance.now() + atMostMs;
    while (this.#state !== 'ready') {
      const answer = await this.#ask(running);
      if (answer === 'ready') break;
      const end = await Promise.race([ended, pause(POLL_MS)]);
      if (end !== undefined)
        throw new Error(
          `${this.part.name} ${end} while it started: ${lastLine(this.part.logFile)} (log: ${this.part.logFile})`,
        );
      if (performance.now() > giveUpAt) {
        throw new Error(
          `${this.part.name} is not ready after ${atMostMs / 1_000} s (${answer}); its log is ${this.part.logFile}`,
        );
      }
    }
    void running.exited.then((exit) => this.#ended(exitText(exit)));
  }

  async stop(): Promise<void> {
    this.#keepAlive = false;
    this.#turn += 1;
    clearTimeout(this.#backoff);
    const exit = await this.#stopRunning();
    if (exit?.signal === 'SIGKILL') this.#forced = true;
    this.#state = 'stopped';
  }

  /** As by `kill -9` of everything that belongs to it, or a power cut. The back-off brings it back. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.#keepAlive || this.#orderly) throw this.#notNow('killed');
    child.signal('SIGKILL');
    await within(child.exited, KILLED_MS_MAX);
  }

  /** It keeps its memory, its ports and its connections, and answers nobody. */
  freeze(): void {
    if (this.#state === 'frozen') throw new NotNow(`${this.part.name} is frozen already`);
    const child = this.#child;
    // Without `running` its start waits for its first answer, which would not come.
    if (!child || !this.#running || !this.#keepAlive || this.#orderly) throw this.#notNow('frozen');
    this.#turn += 1;
    this.#state = 'frozen';
    child.signal('SIGSTOP');
    this.#terminal.step(`${this.part.name} is frozen (pid ${child.pid})`);
  }

  thaw(): void {
    if (this.#state !== 'frozen') throw new NotNow(`${this.part.name} is not frozen (${this.#state})`);
    const [child, running, since] = [this.#child, this.#running, performance.now()];
    if (!child || !running) throw this.#notNow('thawed');
    this.#turn += 1;
    this.#state = this.part.readyUrl === undefined ? 'ready' : 'starting';
    child.signal('SIGCONT');
    this.#terminal.step(`${this.part.name} is thawed (pid ${child.pid})`);
    const { name } = this.part;
    if (this.#state === 'starting')
      void this.#untilReadyAgain(running, () => `${name} answers again, ${secondsSince(since)} s after its thaw`);
  }

  /** Resolves when it was stopped in order; its start, at once and without back-off, goes on behind. */
  async restart(): Promise<void> {
    const waits = this.#state === 'waiting to restart';
    if (this.#orderly || !this.#keepAlive || (!waits && !this.#running)) throw this.#notNow('restarted');
    this.#turn += 1;
    clearTimeout(this.#backoff);
    this.#orderly = true;
    try {
      await this.#stopRunning();
    } finally {
      this.#orderly = false;
    }
    this.#endsInARow = 0;
    if (this.#keepAlive) void this.#launchAgain();
  }

  #notNow(what: string): NotNow {
    return new NotNow(`${this.part.name} cannot be ${what} now: it is ${this.#state}`);
  }

  async #stopRunning(): Promise<Exit | undefined> {
    const running = this.#running;
    if (running === undefined) return undefined;
    this.#state = 'stopping';
    await running.stop();
    return running.exited;
  }

  async #launch(): Promise<Running> {
    this.#state = 'starting';
    this.#startedAt = performance.now();
    const running = await this.part.start();
    this.#running = running;
    void running.exited.then(() => {
      if (this.#running === running) this.#running = undefined;
    });
    if (!this.#keepAlive) {
      await running.stop(); // the stop came while it was being spawned
      this.#state = 'stopped';
    } else if (this.part.readyUrl === undefined) this.#state = 'ready';
    return running;
  }

  async #ask(running: Running): Promise<string> {
    const turn = this.#turn;
    const { ready, said } = this.part.readyUrl ? await askReadiness(this.part.readyUrl) : { ready: true, said: '' };
    // The answer may be out of date: its port is somebody else's a moment after its end, or it was frozen meanwhile.
    if (turn !== this.#turn) return 'interrupted';
    if (ready && this.#running === running && this.#state === 'starting') this.#state = 'ready';
    return this.#state === 'ready' ? 'ready' : said;
  }

  #ended(how: string): void {
    if (!this.#keepAlive || this.#orderly) return;
    if (performance.now() - this.#startedAt > STEADY_MS_MIN) this.#endsInARow = 0;
    const waitMs = Math.min(BACKOFF_MS_MIN * 2 ** this.#endsInARow, BACKOFF_MS_MAX);
    this.#endsInARow += 1;
    this.#turn += 1;
    this.#state = 'waiting to restart';
    this.#terminal.step(
      `${this.part.name} ${how}; starting it again in ${waitMs / 1_000} s (log: ${this.part.logFile})`,
    );
    this.#backoff = setTimeout(() => void this.#launchAgain(), waitMs);
  }

  async #launchAgain(): Promise<void> {
    this.#restarts += 1;
    this.#turn += 1;
    try {
      const running = await this.#launch();
      void running.exited.then((exit) => this.#ended(exitText(exit)));
      const [{ name }, since] = [this.part, this.#startedAt];
      const said = (): string =>
        `${name} is ready again, ${secondsSince(since)} s after its start (restart ${this.#restarts})`;
      await this.#untilReadyAgain(running, said);
    } catch (error) {
      this.#ended(`did not start (${(error as Error).message})`);
    }
  }

  /** No bound: a service whose dependency is away is rightly not ready, and killing it would help nobody. */
  async #untilReadyAgain(running: Running, said: () => string): Promise<void> {
    const turn = this.#turn;
    while (this.#running === running && this.#keepAlive && this.#turn === turn) {
      if ((await this.#ask(running)) === 'ready') {
        this.#terminal.step(said());
        return;
      }
      await pause(POLL_MS);
    }
  }
}

const pause = (ms: number): Promise<undefined> => new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
const secondsSince = (at: number): string => ((performance.now() - at) / 1_000).toFixed(1);
