import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Lease, WaitingEvent } from './outbox-store.ts';
import { type Ports, relayOutboxWith } from './relay-outbox.ts';

const RELAYS = 3;
const TURNS = 5;
const EVENTS = 6;
const ctx = { deadlineAt: Number.POSITIVE_INFINITY, signal: new AbortController().signal };

interface Batch {
  readonly term: number;
  readonly epoch: number;
  readonly ids: readonly number[];
  state: 'open' | 'committed' | 'aborted';
}

/**
 * Postgres's lease and Kafka's epochs as little as they can be. Before and after each effect a relay may stand still for
 * as long as the schedule likes, a lease may run out at any moment, and any reply may be lost.
 */
class World {
  readonly log: Batch[] = [];
  readonly published = new Set<number>();
  private lease: Lease = { holder: '', term: 0 };
  private epoch = 0;
  private rows = 1;

  private readonly schedule: fc.Scheduler;
  private readonly chance: () => boolean;
  constructor(schedule: fc.Scheduler, chance: () => boolean) {
    this.schedule = schedule;
    this.chance = chance;
  }

  relay(holder: string): Ports {
    let inside: { term: number; epoch: number } | undefined;
    const leave = (why: string): never => {
      inside = undefined;
      throw new Error(why);
    };
    const commit = async (batch: Batch): Promise<void> => {
      await this.step('commit', () => {
        if (batch.state !== 'open') throw new Error('fenced');
        batch.state = 'committed';
      });
      if (this.chance()) throw new Error('the reply was lost');
    };
    return {
      takeLease: () => this.step('take the lease', () => this.takeLease(holder)),
      readWaiting: () => this.step('read', () => this.waiting()),
      acquireFence: async ({ term }) => {
        if (inside?.term === term) return false;
        const epoch = await this.step('come in', () => this.acquireFence());
        inside = { term, epoch };
        return true;
      },
      publish: async ({ term }, events) => {
        const mine = inside;
        if (mine?.term !== term) throw new Error('not inside');
        try {
          const ids = events.map(({ outboxId }) => outboxId);
          await commit(await this.step('send', () => this.send({ ...mine, ids, state: 'open' })));
        } catch (error) {
          leave(String(error));
        }
      },
      markPublished: (_, lease, ids) => this.step('mark', () => this.mark(lease, ids)),
    };
  }

  private async step<T>(what: string, effect: () => T): Promise<T> {
    await this.schedule.schedule(Promise.resolve(), `${what}, going there`);
    const value = effect();
    await this.schedule.schedule(Promise.resolve(), `${what}, coming back`);
    return value;
  }

  private takeLease(holder: string): Lease | undefined {
    if (this.lease.holder !== holder) {
      if (this.lease.holder !== '' && !this.chance()) return undefined; // not yet run out
      this.lease = { holder, term: this.lease.term + 1 };
    }
    return this.lease;
  }

  /** With each look there may be one more. */
  private waiting(): WaitingEvent[] {
    this.rows = Math.min(this.rows + 1, EVENTS);
    const ids = Array.from({ length: this.rows }, (_, outboxId) => outboxId);
    return ids.filter((id) => !this.published.has(id)).map((outboxId) => ({ outboxId }) as WaitingEvent);
  }

  private acquireFence(): number {
    for (const batch of this.log) if (batch.state === 'open') batch.state = 'aborted';
    return ++this.epoch;
  }

  private send(batch: Batch): Batch {
    if (batch.epoch !== this.epoch) throw new Error('fenced');
    this.log.push(batch);
    return batch;
  }

  private holds({ holder, term }: Lease): boolean {
    return this.lease.holder === holder && this.lease.term === term;
  }

  private mark(lease: Lease, ids: readonly number[]): number {
    if (!this.holds(lease)) return 0;
    for (const id of ids) this.published.add(id);
    return ids.length;
  }
}

const noFence = (ports: Ports): Ports => ({
  ...ports,
  acquireFence: (lease) => ports.acquireFence(lease).then(() => false),
});

/** What became of a run in which several relays take their turns, each believing what it last heard. */
const runsOf = (change: (ports: Ports) => Ports) =>
  fc.asyncProperty(fc.scheduler(), fc.infiniteStream(fc.boolean()), async (schedule, chances) => {
    const world = new World(schedule, () => chances.next().value === true);
    const relays = Array.from({ length: RELAYS }, (_, n) => relayOutboxWith(change(world.relay(`relay-${n}`))));
    const all = relays.map(async (relayOutbox) => {
      for (let turn = 0; turn < TURNS; turn++) await relayOutbox(ctx).catch(() => undefined); // the next turn tries again
    });
    await schedule.waitFor(Promise.all(all));
    const visible = world.log.filter(({ state }) => state === 'committed');
    const terms = visible.map(({ term }) => term);
    expect(terms).toEqual([...terms].sort((a, b) => a - b));
    const firsts = [...new Set(visible.flatMap(({ ids }) => ids))];
    expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
    expect(firsts).toEqual(expect.arrayContaining([...world.published]));
  });

describe('relays that freeze and thaw at any moment', () => {
  it('publish nothing out of term, in order, and mark only what is there', async () => {
    await fc.assert(
      runsOf((ports) => ports),
      { numRuns: 200 },
    );
  });

  it('would, if one that came in did not ask for its lease again', async () => {
    expect(await fc.check(runsOf(noFence), { numRuns: 5_000, endOnFailure: true })).toMatchObject({ failed: true });
  });
});
