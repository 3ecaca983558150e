import { Failure } from '@seams/call';
import { refusal } from '@seams/contracts';
import { type Result, statement } from '@seams/postgres';
import { answerUnder, bytesOf, type RecordRow } from '../idempotency/record-store.ts';
import type { AskedOrder, Settled } from './commit-order.ts';
import { exhausted, inLockOrder, notEnoughMoney } from './order-store.ts';

// migrations/0004-commit-orders.sql: all that an order writes, for one or for many.
const COMMIT_ORDERS = statement(
  'commit_orders',
  'SELECT at, fresh, outcome, refusal, fingerprint, answer FROM commit_orders($1, $2, $3)',
);

/** Runs one statement: in a transaction, or as one that commits by itself. */
export type Run = <Row extends object>(
  sql: ReturnType<typeof statement>,
  values: readonly unknown[],
) => Promise<Result<Row>>;

/** One of the orders of a statement, and how long its caller still waits. */
export interface Waiting {
  readonly asked: AskedOrder;
  readonly waitMs: number;
}

interface Outcome {
  readonly at: number;
  readonly fresh: boolean;
  /** Of an earlier call null when its key went away meanwhile, and never late. */
  readonly outcome: 'done' | 'refused' | 'late' | null;
  /** What stood under the key, with its outcome. */
  readonly fingerprint: Buffer | null;
  readonly answer: Buffer | null;
  /** Where its reason stands among the refusals, 0 for the one that business-logic gave. */
  readonly refusal: number | null;
}

/**
 * Settles each order by itself, in one round trip and whatever becomes of the others: the answer that stands under its
 * key, or a Failure of its own. No key may come twice.
 *
 * @param lockMsMax how long it waits for a lock before all of it fails, not done; 0 for as long as the statement may run
 */
export async function commitOrders(
  run: Run,
  waiting: readonly Waiting[],
  lockMsMax: number,
): Promise<(Settled | Failure)[]> {
  const refusals = new Refusals();
  const rows = waiting.map((one, index) => rowOf(one, index + 1, refusals));
  const { rows: outcomes } = await run<Outcome>(COMMIT_ORDERS, [JSON.stringify(rows), refusals.bytes, lockMsMax]);
  const settled: (Settled | Failure)[] = [];
  for (const outcome of outcomes) {
    const { asked } = waiting[outcome.at - 1] as Waiting;
    settled[outcome.at - 1] = outcome.fresh ? freshOf(asked, outcome, refusals) : earlierOf(asked, outcome);
  }
  return settled;
}

/** What orders may have to be refused with, each once: a hot item gives all of its orders the same. */
class Refusals {
  readonly bytes: Buffer[] = [];
  readonly #failures: Failure[] = [];
  readonly #places = new Map<string, number>();

  /** Its place, from 1. */
  add(failure: Failure): number {
    const known = this.#places.get(failure.message);
    if (known !== undefined) return known;
    const { kind, reason, message } = failure;
    this.bytes.push(refusal.encode({ kind, reason, message }));
    const place = this.#failures.push(failure);
    this.#places.set(message, place);
    return place;
  }

  at(place: number): Failure {
    return this.#failures[place - 1] as Failure;
  }
}

/** As the type asked_order names its attributes. */
function rowOf({ asked, waitMs }: Waiting, at: number, refusals: Refusals): object {
  const { customerId, route, key, fingerprint } = asked.key;
  const named = { at, wait_ms: Math.floor(waitMs), customer_id: customerId, route, key, fingerprint: hex(fingerprint) };
  if (asked.kind === 'refused')
    return { ...named, outcome: 'refused', answer: hex(bytesOf({ outcome: 'refused', failure: asked.failure })) };

  const { order, event } = asked;
  const lines = inLockOrder(order.lines.map((line, index) => ({ ...line, line: index + 1 })));
  return {
    ...named,
    ...{ outcome: 'done', answer: hex(asked.answer) },
    ...{ order_id: order.orderId, cafe_id: order.cafeId, version: order.version, total_cents: order.totalCents },
    ...{ currency: order.currency, client_nonce: order.clientNonce, placed_at_ms: order.placedAtMs },
    line: lines.map(({ line }) => line),
    item_id: lines.map(({ itemId }) => itemId),
    name: lines.map(({ name }) => name),
    quantity: lines.map(({ quantity }) => quantity),
    unit_price_cents: lines.map(({ unitPriceCents }) => unitPriceCents),
    no_money: refusals.add(notEnoughMoney()),
    no_stock: lines.map((line) => refusals.add(exhausted(line))),
    ...{ event_id: event.eventId, event_type: event.eventType, topic: event.topic, payload: hex(event.payload) },
    ...{ traceparent: event.traceparent, headers: event.headers },
  };
}

const hex = (bytes: Uint8Array): string => `\\x${Buffer.from(bytes).toString('hex')}`;

function freshOf(asked: AskedOrder, { outcome, refusal: place }: Outcome, refusals: Refusals): Settled | Failure {
  if (outcome === 'late') return new Failure('timed_out', 'deadline_passed', 'The deadline passed.');
  if (asked.kind === 'refused') return { outcome: 'refused', failure: asked.failure, replayed: false };
  if (outcome === 'done') return { outcome: 'done', answer: asked.answer, replayed: false };
  return { outcome: 'refused', failure: refusals.at(place ?? 0), replayed: false };
}

function earlierOf({ key }: AskedOrder, earlier: Outcome): Settled | Failure {
  try {
    return { ...answerUnder(key, earlier.outcome === null ? undefined : (earlier as RecordRow)), replayed: true };
  } catch (thrown) {
    return Failure.from(thrown);
  }
}
