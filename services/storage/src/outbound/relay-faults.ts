import { type CallContext, crash, Failure, type FaultAction, LAB_HEADER, labOf, monotonicMs, pause } from '@seams/call';
import { faultFired, inSpan, SpanKind } from '@seams/telemetry';
import type { WaitingEvent } from '../outbox/outbox-store.ts';
import type { Ports } from '../outbox/relay-outbox.ts';

/** What one event does to the turn that it is in. */
interface Judged {
  readonly event: WaitingEvent;
  /** In monotonicMs(). */
  readonly heldUntil: number;
  publish: FaultAction | undefined;
  mark: FaultAction | undefined;
}

/**
 * A relay's ports, struck by the fault plans of the events that pass: `relay.Publish` and `relay.Mark`. One event's fault
 * is its whole batch's, as with a real broker. Each step of an event is struck at most once in a process, whatever the
 * plan says of how often, else the event would never be published.
 *
 *   delay:800      held back that long, with what follows under its key; others overtake it
 *   drop-request   the batch is not sent (or not marked), and the turn fails
 *   drop-reply     the batch is sent (or marked), and the turn fails all the same
 *   error:unavailable   the same as drop-request, with that failure
 *   duplicate      sent (or marked) twice
 *   crash          the process ends before it: at relay.Mark that is between publish and mark
 *
 * `forget` takes the plan off the row before a crash: whoever publishes the event next must not crash of it too.
 */
export function relayWithFaults(ports: Ports, forget: (ctx: CallContext, event: WaitingEvent) => Promise<void>): Ports {
  const judged = new Map<number, Judged>();

  const take = (ids: readonly number[], step: 'publish' | 'mark'): FaultAction[] =>
    ids.flatMap((id) => {
      const verdict = judged.get(id);
      const action = verdict?.[step];
      if (!verdict || !action) return [];
      verdict[step] = undefined;
      if (!isHold(step, action)) record(verdict.event, OPERATION[step], action);
      return [action];
    });

  return {
    ...ports,
    readWaiting: async (ctx, eventsMax) => {
      const events = await ports.readWaiting(ctx, eventsMax);
      if (events.length < eventsMax) keepOnly(judged, events); // what is marked by now need not be remembered
      for (const event of events) {
        if (event.headers[LAB_HEADER.faults] === undefined || judged.has(event.outboxId)) continue;
        const verdict = judge(event);
        judged.set(event.outboxId, verdict);
        if (verdict.publish?.kind === 'crash' || verdict.mark?.kind === 'crash') await forget(ctx, event);
      }
      return withoutHeld(events, judged);
    },
    publish: (lease, events) => {
      const ids = events.map(({ outboxId }) => outboxId);
      return suffer(take(ids, 'publish'), () => ports.publish(lease, events));
    },
    markPublished: async (ctx, lease, outboxIds) => {
      const actions = take(outboxIds, 'mark');
      for (const action of actions) if (action.kind === 'delay') await pause(ctx, action.ms);
      return suffer(actions, () => ports.markPublished(ctx, lease, outboxIds));
    },
  };
}

function judge(event: WaitingEvent): Judged {
  const { faults } = labOf({ [LAB_HEADER.faults]: event.headers[LAB_HEADER.faults] });
  const publish = faults?.strike(OPERATION.publish);
  const isHeld = publish?.kind === 'delay';
  if (isHeld) record(event, OPERATION.publish, publish);
  return {
    event,
    heldUntil: isHeld ? monotonicMs() + publish.ms : 0,
    publish,
    mark: faults?.strike(OPERATION.mark),
  };
}

const OPERATION = { publish: 'relay.Publish', mark: 'relay.Mark' } as const;

/** Fires when the event is read, all else when its batch is published or marked. */
const isHold = (step: keyof typeof OPERATION, { kind }: FaultAction): boolean => step === 'publish' && kind === 'delay';

/** In the trace of the request that brought the plan: the relay's own turns are in nobody's trace. */
function record({ traceparent }: WaitingEvent, operation: string, action: FaultAction): void {
  const options = { kind: SpanKind.INTERNAL, parent: { traceparent } };
  void inSpan(`${operation} fault`, options, async () => faultFired(operation, action));
}

/** Order is kept per key: what follows a held event under its key is held too. */
function withoutHeld(events: readonly WaitingEvent[], judged: ReadonlyMap<number, Judged>): WaitingEvent[] {
  const heldKeys = new Set<string>();
  return events.filter(({ outboxId, key }) => {
    if ((judged.get(outboxId)?.heldUntil ?? 0) > monotonicMs()) heldKeys.add(key);
    return !heldKeys.has(key);
  });
}

function keepOnly(judged: Map<number, Judged>, events: readonly WaitingEvent[]): void {
  const waiting = new Set(events.map(({ outboxId }) => outboxId));
  for (const id of judged.keys()) if (!waiting.has(id)) judged.delete(id);
}

async function suffer<T>(actions: readonly FaultAction[], work: () => Promise<T>): Promise<T> {
  const struckBy = (kind: FaultAction['kind']): boolean => actions.some((action) => action.kind === kind);
  if (struckBy('crash')) return crash();
  const failing = actions.find((action) => action.kind === 'error');
  if (failing) throw new Failure(failing.failure, 'injected_fault', 'A lab made this step of the relay fail.');
  if (struckBy('drop-request')) throw replyLost();
  const result = await work();
  if (struckBy('duplicate')) await work();
  if (struckBy('drop-reply')) throw replyLost();
  return result;
}

const replyLost = (): Failure => new Failure('timed_out', 'reply_lost', 'The connection broke before the answer came.');
