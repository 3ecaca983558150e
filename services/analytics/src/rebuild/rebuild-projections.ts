import type { CallContext } from '@seams/call';
import type { OrderPlaced } from '@seams/contracts';
import type { IncomingMessage, LogReader } from '@seams/messaging';
import { countOrderWith } from '../orders/count-order.ts';
import type { Counted } from '../orders/totals-store.ts';
import { type Difference, judge, type Place, type Verdict } from './difference.ts';
import type { Exchange, Exchanged } from './generation-store.ts';

export interface Ports {
  /** Makes empty tables beside the living ones. @returns the schema's version */
  begin(): Promise<string>;
  /** Counts into the new tables. */
  countOnce(ctx: CallContext, event: OrderPlaced, payload: Buffer): Promise<Counted>;
  notCountedLive(ctx: CallContext, eventIds: readonly string[]): Promise<string[]>;
  /** Starts reading at offset 0. */
  read(handle: (ctx: CallContext, message: IncomingMessage) => Promise<void>): Promise<LogReader>;
  difference(): Promise<Difference>;
  exchange(plan: Exchange): Promise<Exchanged | undefined>;
  /** Drops the new tables, when they were not exchanged. What cannot be dropped now is dropped by the next rebuild. */
  drop(): Promise<void>;
  /** Between two attempts: the living tables need room to breathe. */
  rest(): Promise<void>;
  /** Told once what there is to read, then reads `read` at its leisure. */
  progress(read: { readonly events: number }, eventsAbout: number): void;
}

export interface Rebuilt extends Verdict {
  readonly difference: Difference;
  /** Messages of the log, and why some of them cannot be counted: set aside long ago, and not once more now. */
  readonly read: number;
  readonly unreadable: readonly string[];
  readonly attempts: number;
}

/** About a minute of an audit that reads all the time, or of a vacuum. */
const ATTEMPTS_MAX = 100;
const PATIENT_EVERY = 5;
const PLACES_KEPT = 5_000;
const MINUTE_MS = 60_000;

/**
 * Counts the whole log again into a second generation of the tables, while the living one goes on, then exchanges them.
 * @param group the consumers of the living tables
 */
export const rebuildWith = (world: Ports, group: string) =>
  async function rebuild(): Promise<Rebuilt> {
    const version = await world.begin();
    let exchanged = false;
    const tally = new Tally(world);
    const reader = await world
      .read((ctx, message) => tally.take(ctx, message))
      .catch(async (error: unknown) => {
        await world.drop();
        throw error;
      });
    try {
      world.progress(tally.read, reader.messagesAbout);
      await reader.toEnd();
      for (let attempts = 1; attempts <= ATTEMPTS_MAX; attempts++) {
        const strangers = await strangersOf(world, reader);
        const committed = await reader.committedBy(group);
        const found = await world.exchange({
          version,
          patient: attempts % PATIENT_EVERY === 0,
          mayLeave: (onlyLive) => onlyLive.every((id) => strangers.has(id)),
          still: () => reader.pause(),
        });
        if (found) {
          exchanged = true;
          const verdict = judge(found, tally.places, committed);
          const { read, unreadable } = tally;
          return {
            ...verdict,
            difference: found.difference,
            read: read.events,
            unreadable: [...unreadable.values()],
            attempts,
          };
        }
        reader.resume();
        await world.rest();
      }
      throw new Error(`the living tables gave no moment to exchange them in ${ATTEMPTS_MAX} attempts`);
    } finally {
      await reader.stop();
      if (!exchanged) await world.drop();
    }
  };

/**
 * Events that the living tables hold and the log does not: they will never come, and must not be waited for. What is
 * counted is in the log before that, so it has been read when the log's end of after the first look is reached.
 */
async function strangersOf(world: Ports, reader: LogReader): Promise<ReadonlySet<string>> {
  const first = new Set((await world.difference()).onlyLive);
  await reader.toEnd();
  if (first.size === 0) return first;
  return new Set((await world.difference()).onlyLive.filter((id) => first.has(id)));
}

/** Counts messages by the very rules of the consumer, and remembers where the newest ones stand. */
class Tally {
  readonly read = { events: 0 };
  /** The reason by place. */
  readonly unreadable = new Map<string, string>();
  /** Of all events that the living tables may lack. */
  readonly places = new Map<string, Place>();
  #keep = PLACES_KEPT;
  readonly #world: Ports;
  constructor(world: Ports) {
    this.#world = world;
  }

  async take(ctx: CallContext, message: IncomingMessage): Promise<void> {
    const countOrder = countOrderWith({
      countOnce: async (inner, event, payload) => {
        const counted = await this.#world.countOnce(inner, event, payload);
        if (counted !== 'event_id_reused') this.#remember(event, message);
        return counted;
      },
      alarm: () => undefined, // it was raised when the event came first; here it is counted as unreadable
    });
    const outcome = await countOrder(ctx, message);
    if (typeof outcome !== 'string') this.unreadable.set(`${message.partition}/${message.offset}`, outcome.unreadable);
    if (this.places.size > this.#keep) await this.#forgetCounted(ctx);
    this.read.events++;
  }

  #remember({ eventId, cafeId, totalCents, placedAtMs }: OrderPlaced, { partition, offset }: IncomingMessage): void {
    if (this.places.has(eventId)) return;
    const minuteMs = Math.floor(placedAtMs / MINUTE_MS) * MINUTE_MS;
    this.places.set(eventId, { cafeId, minuteMs, cents: totalCents, partition, offset: BigInt(offset) });
  }

  /** What the living tables hold is not asked about any more, so memory holds what they lack and little more. */
  async #forgetCounted(ctx: CallContext): Promise<void> {
    this.#keep = Number.POSITIVE_INFINITY; // the other partitions go on meanwhile
    try {
      const asked = [...this.places.keys()];
      const lacking = new Set(await this.#world.notCountedLive(ctx, asked));
      for (const id of asked) if (!lacking.has(id)) this.places.delete(id);
    } finally {
      this.#keep = 2 * this.places.size + PLACES_KEPT;
    }
  }
}
