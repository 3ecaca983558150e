import { type CallContext, FAILURES, Failure, type Lab, throwIfOver } from '@seams/call';
import { type Carrier, deadlineOf, inSpan, type Logger, SpanKind } from '@seams/telemetry';
import { handleWithFaults } from '../faults/inject-faults.ts';

export type Handler = (ctx: CallContext, request: unknown) => Promise<unknown>;

/** One method as it is served. */
export interface Served {
  /** For example "seams.menu.v1.MenuService/GetMenu". */
  readonly path: string;
  /** How the call came, as its span says it. */
  readonly system: string;
  readonly handler: Handler;
}

/** A call that came, however it came. */
export interface Arrival {
  /** Its caller's deadline and ours, whichever is sooner, and a signal that fires when the caller goes away. */
  readonly ctx: CallContext;
  /** The remote caller's trace; one in this process is the active one. */
  readonly parent?: Carrier;
  /** What a lab wants of it. Read only where labs are on. */
  lab(): Lab;
  readonly request: unknown;
  /** performance.now() */
  readonly cameAt: number;
}

export interface AnswerOptions {
  readonly callee: string;
  readonly log: Logger;
  readonly labs?: boolean;
}

/** What a server does with a call of one method: in time or not at all, in a span, with its faults, and one line of log. */
export function answering(
  { path, system, handler }: Served,
  { callee, log, labs }: AnswerOptions,
): (arrival: Arrival) => Promise<unknown> {
  const operation = operationOf(callee, path);
  return async ({ ctx: inTime, parent, lab, request, cameAt }) => {
    throwIfOver(inTime); // before its span: nothing begins for a call that nobody waits for
    const attributes = { 'rpc.system': system, 'rpc.method': path, ...deadlineOf(inTime) };
    return inSpan(path, { kind: SpanKind.SERVER, attributes, ...(parent ? { parent } : {}) }, async () => {
      try {
        const ctx = labs === true ? { ...inTime, ...lab() } : inTime;
        const reply = await handleWithFaults(ctx, operation, () => handler(ctx, request));
        log.info({ route: path, kind: 'ok', ms: elapsedMs(cameAt) }, 'answered');
        return reply;
      } catch (thrown) {
        const failure = Failure.from(thrown);
        report(log, path, failure, elapsedMs(cameAt));
        throw failure;
      }
    });
  };
}

/** "storage.CommitOrder", by which fault plans name it. */
export const operationOf = (callee: string, path: string): string =>
  `${callee}.${path.slice(path.lastIndexOf('/') + 1)}`;

function report(log: Logger, route: string, failure: Failure, ms: number): void {
  const fields = { route, kind: failure.kind, reason: failure.reason, ms };
  if (failure.kind === 'bug') log.error({ ...fields, cause: causeOf(failure) }, 'a bug');
  else if (FAILURES[failure.kind].outcome === 'refused') log.info(fields, 'refused');
  else log.warn(fields, 'failed');
}

function causeOf(failure: Failure): string {
  const cause = failure.cause ?? failure;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

function elapsedMs(startedAt: number): number {
  return Math.round((performance.now() - startedAt) * 10) / 10;
}
