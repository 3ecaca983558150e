import { setTimeout as sleep } from 'node:timers/promises';
import { crash, Failure, type FaultAction, type FaultSide, type Lab, labOf } from '@seams/call';
import { annotate, faultFired, type Logger } from '@seams/telemetry';
import { HEADER, type IncomingMessage, sendable } from './message.ts';

export interface ConsumerFaultsOptions {
  /** Whether headers may carry faults and patterns to do without. Off, they mean nothing. */
  readonly labs: boolean;
  /** What this consumer is called in a plan, for example "analytics": its operations are `analytics.OrderPlaced`. */
  readonly callee: string;
  readonly log: Logger;
}

/** One delivery of a record, as a fault sees it. */
export interface Delivery<Outcome> {
  readonly message: IncomingMessage;
  readonly lab: Lab;
  readonly signal: AbortSignal;
  handle(): Promise<Outcome>;
  /** Tells the group that this member is still there. */
  heartbeat(): Promise<void>;
}

export interface ConsumerFaults {
  /** What a lab wants of this record. */
  labOf(message: IncomingMessage): Lab;
  /** Handles a delivery, or does to it what its plan says. */
  handleWithFaults<Outcome>(delivery: Delivery<Outcome>): Promise<Outcome>;
}

const HEARTBEAT_EVERY_MS = 1_000;
// Places of records. Labs send some hundreds at most; a lab that sends more sees its first ones struck once again.
const STRUCK_KEPT_MAX = 10_000;

/**
 * Faults of a record, at the consumer's end:
 *
 *   delay:800      handled that much later, and the group is told meanwhile that its member lives
 *   drop-request   this delivery is lost: nothing is handled, and it is delivered again
 *   drop-reply     handled, but the consumer does not learn it: handled again
 *   error:unavailable   handling fails with that kind, and is tried again
 *   duplicate      handled twice in a row; the first outcome counts
 *   crash          handled, and then the process ends as by kill -9, before the group learns how far it came
 *
 * A record is struck at most once in a process, whatever its plan says of count and probability for later. Kafka has no
 * "give up": a fault that struck each delivery would hold the partition, and everybody's orders behind it, for ever.
 * A crash forgets that it struck. So it waits for a delivery whose effect is new: the next process finds the record
 * seen before, and goes on. Without dedupe each is new, so there a crash is left out.
 */
export function createConsumerFaults({ labs, callee, log }: ConsumerFaultsOptions): ConsumerFaults {
  const struck = new Set<string>();

  const strike = (message: IncomingMessage, { faults }: Lab, operation: string): Strike | undefined => {
    const place = `${message.topic}/${message.partition}/${message.offset}`;
    if (!faults || struck.has(place)) return undefined;
    const atCaller = faults.strike(operation);
    const action = atCaller ?? faults.strike(operation, 'server');
    if (!action) return undefined;
    struck.add(place);
    const [oldest] = struck;
    if (struck.size > STRUCK_KEPT_MAX && oldest !== undefined) struck.delete(oldest);
    return { operation, action, side: atCaller ? 'caller' : 'server' };
  };

  return {
    labOf: (message) => {
      if (!labs) return {};
      try {
        return labOf(sendable(message.headers));
      } catch (error) {
        // Whoever writes these headers has read them before; what cannot be read is nobody's wish, and holds nobody up.
        log.warn({ offset: message.offset, error: String(error) }, "a record's lab headers cannot be read");
        return {};
      }
    },
    handleWithFaults: async (delivery) => {
      const operation = `${callee}.${(delivery.message.headers[HEADER.eventType] ?? '').split('.').at(-1)}`;
      const hit = strike(delivery.message, delivery.lab, operation);
      if (!hit) return delivery.handle();
      // Whether a crash happens is known only after the record was handled.
      if (hit.action.kind !== 'crash') faultFired(hit.operation, hit.action, hit.side);
      return struckBy(hit, delivery);
    },
  };
}

interface Strike {
  readonly operation: string;
  readonly action: FaultAction;
  readonly side: FaultSide;
}

async function struckBy<Outcome>({ operation, action, side }: Strike, delivery: Delivery<Outcome>): Promise<Outcome> {
  const { handle } = delivery;
  switch (action.kind) {
    case 'delay':
      await delayed(action.ms, delivery);
      return handle();
    case 'error':
      throw new Failure(action.failure, 'injected_fault', 'A lab made this delivery fail.');
    case 'drop-request':
      throw new Failure('timed_out', 'delivery_lost', 'A lab lost this delivery.');
    case 'drop-reply':
      await handle();
      throw new Failure('timed_out', 'reply_lost', 'The effect is there, and the consumer does not know.');
    case 'duplicate': {
      const first = await handle();
      annotate({ 'fault.second': JSON.stringify(await handle()) });
      return first;
    }
    case 'crash': {
      const outcome = await handle();
      if (outcome !== 'done' || delivery.lab.without?.has('dedupe')) return outcome;
      faultFired(operation, action, side);
      return crash();
    }
    default:
      return action satisfies never;
  }
}

async function delayed(ms: number, { heartbeat, signal }: Delivery<unknown>): Promise<void> {
  for (let left = ms; left > 0; left -= HEARTBEAT_EVERY_MS) {
    await sleep(Math.min(left, HEARTBEAT_EVERY_MS), undefined, { signal });
    await heartbeat();
  }
}
