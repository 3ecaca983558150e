import type { Logger } from '@seams/telemetry';
import { rest } from './rest.ts';

/** A part that this process needs, and how to ask whether it is there. */
export interface Dependency {
  readonly name: string;
  /** True when work can be taken without it: it is watched and named, but a start does not wait for it. */
  readonly optional?: boolean;
  /** Resolves when it is there; throws otherwise. */
  check(signal: AbortSignal): Promise<void>;
}

export interface DependencyState {
  readonly name: string;
  readonly status: 'unknown' | 'up' | 'down';
  readonly reason?: string;
}

const CHECK_EVERY_MS = 2_000;
// Before everything was up once: a start should not wait for a poll.
const CHECK_WHILE_STARTING_MS = 150;
const CHECK_ANSWER_MS = 1_000;

/**
 * Watches the parts that a process needs. It is ready once each was up at least once, and then until it drains: taking
 * a process out because a part behind all replicas is down would take out all replicas and turn a clear 503 into
 * nothing. What is down stays visible by name.
 */
export class Health {
  private readonly states = new Map<string, DependencyState>();
  private readonly stopping = new AbortController();
  private started = false;

  private readonly dependencies: readonly Dependency[];
  private readonly log: Logger;

  constructor(dependencies: readonly Dependency[], log: Logger) {
    this.dependencies = dependencies;
    this.log = log;
    for (const { name } of dependencies) this.states.set(name, { name, status: 'unknown' });
  }

  get ready(): boolean {
    return this.started && !this.stopping.signal.aborted;
  }

  get draining(): boolean {
    return this.stopping.signal.aborted;
  }

  dependencyStates(): DependencyState[] {
    return [...this.states.values()];
  }

  /** Resolves when every dependency that is not optional was up once; goes on watching until `drain`. */
  async watch(): Promise<void> {
    const missing = new Set(this.dependencies.filter(({ optional }) => !optional).map(({ name }) => name));
    while (!this.draining) {
      await this.checkAll();
      for (const state of this.states.values()) if (state.status === 'up') missing.delete(state.name);
      if (missing.size === 0) break;
      await this.pause(CHECK_WHILE_STARTING_MS);
    }
    this.started = !this.draining;
    void this.goOn();
  }

  /** From here on not ready, for good. */
  drain(): void {
    this.stopping.abort();
  }

  private async goOn(): Promise<void> {
    while (!this.draining) {
      await this.pause(CHECK_EVERY_MS);
      if (!this.draining) await this.checkAll();
    }
  }

  private async checkAll(): Promise<void> {
    await Promise.all(this.dependencies.map((dependency) => this.checkOne(dependency)));
  }

  private async checkOne({ name, check }: Dependency): Promise<void> {
    const before = this.states.get(name)?.status;
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(CHECK_ANSWER_MS), this.stopping.signal]);
      // Not all clients can be told to give up: a silent one must not keep the others from being looked at.
      await Promise.race([check(signal), silence(signal)]);
      this.states.set(name, { name, status: 'up' });
      if (before === 'down') this.log.info({ dependency: name }, 'a dependency is back');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.states.set(name, { name, status: 'down', reason });
      if (before === 'up') this.log.warn({ dependency: name, reason }, 'a dependency is down');
    }
  }

  private pause(ms: number): Promise<void> {
    return rest(ms, this.stopping.signal);
  }
}

function silence(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${CHECK_ANSWER_MS} ms`)), { once: true });
  });
}
