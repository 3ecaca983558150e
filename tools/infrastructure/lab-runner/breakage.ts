/**
 * Breaks and heals processes, one thing after another as it is asked for, and knows what became of each. Every freeze
 * ends by itself: whoever froze what they themselves come through would not get through to thaw it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SystemStatus } from '../../system/status.ts';
import { type Broken, brokenIn } from './broken.ts';
import { type Asked, planOf, type Step } from './random-plan.ts';
import { Refused } from './refused.ts';
import { type Fault, type Growable, growablesOf, partOf, type Target, targetsOf } from './sentences.ts';

/** What it takes to break a system: tools/system/faults.ts on the real one. */
export interface World {
  status(): Promise<SystemStatus>;
  /** Resolves when it is done; rejects with one line for people. */
  act(fault: Fault, name: string): Promise<void>;
  /** Resolves with what it did, a line each. */
  makeWhole(): Promise<string[]>;
  monotonicMs(): number;
}

export interface Action {
  readonly id: number;
  readonly at: string;
  /** "freeze storage-1 for 20 s" */
  readonly what: string;
  readonly state: 'under way' | 'done' | 'failed';
  /** How it ended. */
  readonly said: string;
}

export interface Wanted {
  readonly fault: Fault;
  /** A process, or for `add` a service. */
  readonly name: string;
  readonly forS?: number | undefined;
}

export interface RandomRun extends Asked {
  readonly startedAt: string;
  readonly done: number;
  readonly planned: number;
  readonly next: Step | null;
}

export interface Picture {
  readonly targets: readonly Target[];
  readonly services: readonly Growable[];
  readonly broken: readonly Broken[];
  readonly healing: boolean;
  readonly random: RandomRun | null;
  /** The newest first. */
  readonly log: readonly Action[];
}

export const FREEZE_S = 20;
export const FREEZE_S_MAX = 300;
const LOG_MAX = 40;
/** What ends sooner is answered with how it ended. */
const AT_ONCE_MS = 1_000;

export class Breakage {
  readonly #world: World;
  #log: Action[] = [];
  #ids = 0;
  readonly #thaws = new Map<string, { readonly at: number; readonly timer: NodeJS.Timeout }>();
  #healing: Promise<Action> | undefined;
  #random: { run: RandomRun; readonly over: AbortController; readonly ended: Promise<void> } | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  async picture(): Promise<Picture> {
    const status = await this.#world.status();
    const thawAt = new Map([...this.#thaws].map(([name, { at }]) => [name, at]));
    return {
      targets: targetsOf(status, FREEZE_S),
      services: growablesOf(status),
      broken: brokenIn(status, thawAt, this.#world.monotonicMs()),
      healing: this.#healing !== undefined,
      random: this.#random?.run ?? null,
      log: this.#log,
    };
  }

  /** Broken by whomever, or about to be: no beginning for a lab. */
  async whyNotWell(): Promise<string | undefined> {
    if (this.#random)
      throw new Refused('random_running', 'Things are being broken by a plan: stop it, then run a lab.');
    const { broken } = await this.picture();
    return broken.length === 0 ? undefined : broken.map(({ sentence }) => sentence).join(' ');
  }

  /**
   * Resolves with how it ended, or after a second with that it is under way. Asked for twice: a second kill kills what was
   * started meanwhile, a second freeze or thaw is refused for there is nothing to do, a second `add` adds another one.
   * So whoever got no answer looks at the picture first, which is what the page does.
   */
  async act(wanted: Wanted): Promise<Action> {
    await this.#check(wanted);
    const action = this.#begin(wanted);
    const ended = this.#carryOut(wanted, action);
    const atOnce = await Promise.race([ended, sleep(AT_ONCE_MS, undefined, { ref: false })]);
    if (atOnce?.state === 'failed') throw new Refused('not_possible', `${sentence(atOnce.said)} Nothing was done.`);
    return atOnce ?? action;
  }

  /** Ends the plan, thaws, brings back what was removed, removes what was added. Asked for twice it is done once. */
  async heal(): Promise<Action> {
    const ended = this.#healOnce();
    const underWay = this.#log.find(({ what }) => what === HEAL) as Action;
    return (await Promise.race([ended, sleep(AT_ONCE_MS, undefined, { ref: false })])) ?? underWay;
  }

  /** Resolves when all is well. What somebody else is healing may have begun before the last thing was broken. */
  async healed(): Promise<Action> {
    await this.#healing;
    return this.#healOnce();
  }

  #healOnce(): Promise<Action> {
    this.#healing ??= this.#heal().finally(() => {
      this.#healing = undefined;
    });
    return this.#healing;
  }

  startRandom(asked: Asked): RandomRun {
    if (this.#random) throw new Refused('random_running', 'Things are being broken by a plan already.');
    const steps = planOf(asked);
    const startedAt = new Date().toISOString();
    const run = { ...asked, startedAt, done: 0, planned: steps.length, next: steps[0] ?? null };
    const over = new AbortController();
    // In the next turn, when #random is set.
    const ended = Promise.resolve().then(() => this.#follow(steps, over.signal));
    this.#random = { run, over, ended };
    return run;
  }

  /** Nothing more is begun; what is frozen stays so until its time or until it is healed. */
  stop(): void {
    this.#random?.over.abort();
    for (const { timer } of this.#thaws.values()) clearTimeout(timer);
  }

  async #check({ fault, name, forS }: Wanted): Promise<void> {
    if (forS !== undefined && (fault !== 'freeze' || forS < 1 || forS > FREEZE_S_MAX))
      throw new Refused('invalid_body', `Only a freeze has a time, 1 to ${FREEZE_S_MAX} seconds.`);
    const status = await this.#world.status();
    const target = targetsOf(status, FREEZE_S).find(({ process }) => process === name);
    const isThere = fault === 'add' ? growablesOf(status).some(({ service }) => service === name) : target;
    if (!isThere)
      throw new Refused(
        'process_unknown',
        `There is no ${fault === 'add' ? 'service' : 'process'} "${name}" to ${fault}.`,
      );
    if (target && !target.faults.some((one) => one.fault === fault))
      throw new Refused('not_possible', `${name} is ${target.state}: ${fault} makes no sense now. Nothing was done.`);
  }

  #begin({ fault, name, forS }: Wanted): Action {
    const what = fault === 'freeze' ? `freeze ${name} for ${forS ?? FREEZE_S} s` : `${fault} ${name}`;
    return this.#note({ what, state: 'under way', said: '' });
  }

  async #carryOut({ fault, name, forS }: Wanted, action: Action): Promise<Action> {
    const startedAt = this.#world.monotonicMs();
    // First, so that nothing can fall between a freeze and what ends it.
    if (fault === 'freeze') this.#thawLater(name, (forS ?? FREEZE_S) * 1_000);
    try {
      await this.#world.act(fault, name);
      if (fault === 'thaw' || fault === 'kill') this.#forgetThaw(name);
      return this.#end(action, 'done', `after ${seconds(this.#world.monotonicMs() - startedAt)}`);
    } catch (error) {
      if (fault === 'freeze') this.#forgetThaw(name);
      return this.#end(action, 'failed', messageOf(error));
    }
  }

  #thawLater(name: string, ms: number): void {
    this.#forgetThaw(name);
    const timer = setTimeout(() => void this.#thawNow(name), ms);
    this.#thaws.set(name, { at: this.#world.monotonicMs() + ms, timer });
  }

  #forgetThaw(name: string): void {
    clearTimeout(this.#thaws.get(name)?.timer);
    this.#thaws.delete(name);
  }

  async #thawNow(name: string): Promise<void> {
    this.#thaws.delete(name);
    const action = this.#note({ what: `thaw ${name}`, state: 'under way', said: '' });
    try {
      await this.#world.act('thaw', name);
      this.#end(action, 'done', 'its time was over');
    } catch (error) {
      this.#end(action, 'failed', messageOf(error)); // somebody else has thawed or killed it
    }
  }

  async #heal(): Promise<Action> {
    const action = this.#note({ what: HEAL, state: 'under way', said: '' });
    const startedAt = this.#world.monotonicMs();
    this.#random?.over.abort();
    await this.#random?.ended;
    for (const name of [...this.#thaws.keys()]) this.#forgetThaw(name);
    try {
      const done = await this.#world.makeWhole();
      const took = `all is ready after ${seconds(this.#world.monotonicMs() - startedAt)}`;
      return this.#end(action, 'done', [took, ...done].join('; '));
    } catch (error) {
      return this.#end(action, 'failed', messageOf(error));
    }
  }

  async #follow(steps: readonly Step[], signal: AbortSignal): Promise<void> {
    const startedAt = this.#world.monotonicMs();
    for (const [at, step] of steps.entries()) {
      this.#tell({ done: at, next: step });
      if (!(await passed(startedAt + step.atMs - this.#world.monotonicMs(), signal))) break;
      await this.#take(step);
    }
    this.#tell({ done: steps.length, next: null });
    // The last ones heal in their own time; what does not is healed like anything else.
    if (!signal.aborted) queueMicrotask(() => void this.heal());
    this.#random = undefined;
  }

  #tell(change: Partial<RandomRun>): void {
    if (this.#random) this.#random.run = { ...this.#random.run, ...change };
  }

  /** Only where all replicas are well: what came back late must not meet the next fault. */
  async #take({ process: name, fault, forMs }: Step): Promise<void> {
    const { siblings = false } = this.#random?.run ?? {};
    const wanted = { fault, name, ...(fault === 'freeze' ? { forS: Math.ceil(forMs / 1_000) } : {}) };
    try {
      const { processes } = await this.#world.status();
      const part = partOf({ name, kind: /-\d+$/.test(name) ? 'service' : 'infrastructure' });
      const ill = processes.find(
        (one) => (siblings ? one.name === name : partOf(one) === part) && one.state !== 'ready',
      );
      if (ill) throw new Error(`left out: ${ill.name} is ${ill.state}`);
      await this.#check(wanted);
    } catch (error) {
      this.#note({ what: `${fault} ${name}`, state: 'failed', said: messageOf(error) });
      return;
    }
    void this.#carryOut(wanted, this.#begin(wanted));
  }

  #note(entry: Omit<Action, 'id' | 'at'>): Action {
    const action = { id: (this.#ids += 1), at: new Date().toISOString(), ...entry };
    this.#log = [action, ...this.#log].slice(0, LOG_MAX);
    return action;
  }

  #end(action: Action, state: 'done' | 'failed', said: string): Action {
    const ended = { ...action, state, said };
    this.#log = this.#log.map((one) => (one.id === action.id ? ended : one));
    return ended;
  }
}

const HEAL = 'heal everything';

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const sentence = (said: string): string => `${said.charAt(0).toUpperCase()}${said.slice(1)}.`;

/** False when the signal was quicker. */
async function passed(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  return sleep(Math.max(0, ms), true, { signal, ref: false }).catch(() => false);
}
