/** One order from its arrival to a definite answer: whatever is not definite is sent again, under the same key. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalOutcome } from '../audit/journal.ts';
import { type Answer, isDefinite, outcomeOf, placedAtOf } from './answers.ts';
import type { Connection, Sent } from './connection.ts';
import type { Customer } from './customers.ts';
import { type FaultRule, type Struck, strike } from './faults.ts';
import type { JournalWriter } from './journal-writer.ts';
import type { PlannedOrder } from './plan.ts';
import { type Random, randomOf, STREAM } from './random.ts';
import type { Slots } from './slots.ts';
import type { Tally } from './tally.ts';

/** Told the outcome of each attempt. */
export type Answered = (attempt: {
  /** Unix time in milliseconds. */
  readonly sentAt: number;
  /** Of its order: 1 is the first. */
  readonly attempt: number;
  readonly outcome: JournalOutcome;
  /** Of the HTTP answer; undefined when the connection broke. */
  readonly status: number | undefined;
}) => void;

/** What all orders of a load have in common. */
export interface Run {
  readonly seed: number;
  /** Begins every key, so that a breach of the audit names its load and its order. */
  readonly name: string;
  readonly connection: Connection;
  readonly customers: readonly Customer[];
  readonly faults: readonly FaultRule[];
  readonly headers: Readonly<Record<string, string>>;
  readonly journal: JournalWriter;
  readonly tally: Tally;
  readonly answered?: Answered | undefined;
  /** For the first request of each order. */
  readonly slots: Slots;
  /** For all later ones: few, so that a system that cannot keep up is not kept busy with repetitions. */
  readonly retrySlots: Slots;
  /** performance.now() of the first moment. */
  readonly startedAt: number;
  /** The orders before this one are the baseline: no request of theirs carries a fault. */
  readonly faultsFrom: number;
  /** Set when no more orders come: when to give up. From then on no repetition carries a fault. */
  giveUpAt: number | undefined;
}

export interface Pursued {
  readonly order: PlannedOrder;
  readonly customer: Customer;
  readonly key: string;
  readonly clientNonce: string;
  readonly first: JournalOutcome;
  /** What a client is left with that repeats once. */
  readonly second: JournalOutcome;
  readonly end: JournalOutcome;
  readonly attempts: number;
  /** Whether some attempt left it unknown, whatever came of it. */
  readonly wasUnknown: boolean;
  /** From the scheduled arrival to the end of the first attempt; undefined when the load client itself broke it off. */
  readonly firstMs: number | undefined;
  /** From the scheduled arrival to the definite answer. */
  readonly definiteMs: number | undefined;
  /** The last one. */
  readonly answer: Answer | undefined;
  /** What is wrong with its answers, if anything. */
  readonly contradiction: string | undefined;
}

const BACKOFF_FIRST_MS = 100;
const BACKOFF_LAST_MS = 5_000;
/** A reply that is lost at the client's end is lost at any moment of its request: most take 10 to 60 ms. */
const CUT_MS_MAX = 60;

/** Exponential with full jitter, on top of what Retry-After asks for: those who were told the same second must not meet. */
export function backoffMs(attempt: number, retryAfterMs: number | undefined, random: Random): number {
  const most = Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** (attempt - 1));
  return (retryAfterMs ?? 0) + random.next() * most;
}

export async function pursue(run: Run, order: PlannedOrder): Promise<Pursued> {
  const intent = intentOf(run, order);
  let first: Pick<Pursued, 'first' | 'firstMs'> | undefined;
  let second: JournalOutcome = 'unknown';
  let last: Attempt | undefined;
  let wasUnknown = false;
  let contradiction: string | undefined;
  for (let attempts = 1; ; attempts++) {
    const random = randomOf(run.seed, STREAM.attempt, order.number, attempts);
    const made = await attempt(run, intent, { isFirst: attempts === 1, random });
    last = made ?? last;
    const answer = last?.sent.answer;
    const outcome = outcomeOf(answer);
    if (made) run.answered?.({ sentAt: made.sentAt, attempt: attempts, outcome, status: answer?.status });
    const ms = performance.now() - run.startedAt - order.atMs;
    if (attempts <= 2) second = outcome;
    first ??= { first: outcome, firstMs: last?.struck.own.length && !answer ? undefined : ms };
    if (made) contradiction ??= contradictionIn(made, attempts > 1 && !wasUnknown);

    const definite = isDefinite(outcome);
    if (definite || !made) {
      // A last "not done" says nothing about the attempts before it.
      const end = !definite && wasUnknown ? 'unknown' : outcome;
      journal(run, intent, { outcome: end, answer });
      run.tally.ended(end, { wasUnknown });
      return {
        ...intent,
        ...first,
        second,
        end,
        attempts: made ? attempts : attempts - 1,
        wasUnknown,
        definiteMs: definite ? ms : undefined,
        answer,
        contradiction,
      };
    }
    if (!wasUnknown && (outcome === 'unknown' || claimsNothing(made.struck))) {
      wasUnknown = true;
      journal(run, intent, { outcome: 'unknown', answer });
      run.tally.becameUnknown();
    }
    await sleep(backoffMs(attempts, answer?.retryAfterMs, random));
  }
}

type Intent = Pick<Pursued, 'order' | 'customer' | 'key' | 'clientNonce'>;

const intentOf = (run: Run, order: PlannedOrder): Intent => ({
  order,
  customer: run.customers[order.customer] as Customer,
  key: `${run.name}-${order.number}`,
  clientNonce: randomUUID(),
});

export const bodyOf = ({ order, clientNonce }: Pick<Pursued, 'order' | 'clientNonce'>): string =>
  JSON.stringify({ ...order.request, clientNonce });

interface Attempt {
  /** Unix time in milliseconds. */
  readonly sentAt: number;
  readonly sent: Sent;
  readonly struck: Struck;
}

/** Undefined when it is too late for one more. */
async function attempt(
  run: Run,
  intent: Intent,
  { isFirst, random }: { readonly isFirst: boolean; readonly random: Random },
): Promise<Attempt | undefined> {
  const slots = isFirst ? run.slots : run.retrySlots;
  const waited = await slots.take();
  try {
    if (!isFirst && performance.now() > (run.giveUpAt ?? Number.POSITIVE_INFINITY)) return undefined;
    // Once no more orders come the system is to heal: no repetition carries new faults.
    const hasFaults = (isFirst || run.giveUpAt === undefined) && intent.order.number >= run.faultsFrom;
    const struck = strike(hasFaults ? run.faults : [], random);
    const mishap = { actions: struck.own, cutAfterMs: random.next() * CUT_MS_MAX };
    run.tally.sending(isFirst, waited, struck);
    const headers = { ...run.headers, ...(struck.header === undefined ? {} : { 'seams-fault': struck.header }) };
    const { customer, key } = intent;
    const post = { path: '/v1/orders', token: await customer.token(), key, body: bodyOf(intent), headers };
    const sentAt = Date.now();
    return { sentAt, sent: await run.connection.post(post, mishap), struck };
  } finally {
    slots.give();
  }
}

/** Of twins at once, one may be told "not done" because of the other one that does it. */
const claimsNothing = ({ hits }: Struck): boolean => hits.some(({ rule }) => rule.action.kind === 'duplicate');

/**
 * @param allNotDone there were attempts before, and each was told "not done". That the answer is a replay proves nothing
 * then: business-logic may have asked storage twice. That the order was placed before this attempt does.
 */
function contradictionIn({ sentAt, sent }: Attempt, allNotDone: boolean): string | undefined {
  const { answer, contradicted } = sent;
  if (contradicted) return `two requests at once were answered ${answer?.status} and ${contradicted.status}, not alike`;
  const placedAt = answer === undefined || !allNotDone ? undefined : placedAtOf(answer);
  if (placedAt === undefined || placedAt >= sentAt) return undefined;
  return `the client was told "not done", and it was done ${sentAt - placedAt} ms before it asked again`;
}

function journal(
  run: Run,
  { order, customer, key, clientNonce }: Intent,
  { outcome, answer }: { readonly outcome: JournalOutcome; readonly answer: Answer | undefined },
): void {
  const told = answer ? { status: answer.status, body: answer.body.toString() } : {};
  const { customerId } = customer;
  run.journal.write({
    at: Date.now(),
    op: 'order',
    customerId,
    key,
    clientNonce,
    request: order.request,
    outcome,
    ...told,
  });
}
