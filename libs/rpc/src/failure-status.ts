import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { FAILURES, Failure, type FailureKind, isFailureKind } from '@seams/call';

const KIND = 'failure-kind';
const REASON = 'failure-reason';
const RETRY_AFTER_MS = 'failure-retry-after-ms';
const AT = 'failure-at';

/** A Failure as the status of a call; two kinds may share a gRPC code, so kind and reason travel as metadata too. */
export function statusOf(failure: Failure): { code: status; details: string; metadata: Metadata } {
  const metadata = new Metadata();
  metadata.set(KIND, failure.kind);
  metadata.set(REASON, failure.reason);
  if (failure.retryAfterMs !== undefined) metadata.set(RETRY_AFTER_MS, String(Math.ceil(failure.retryAfterMs)));
  if (failure.at !== undefined) metadata.set(AT, failure.at);
  return { code: FAILURES[failure.kind].grpc, details: failure.message, metadata };
}

/**
 * The other way. A status with our metadata is what the callee said. One without comes from the transport, and then
 * the question is whether the request may have got through: only what certainly was never sent is "not done",
 * everything else is "unknown", for the callee may have committed and only its reply was lost.
 *
 * @param gaveUp whether it was us who cancelled the call; a callee that is cut off at the end of its drain cancels too
 */
export function failureOf(error: ServiceError, gaveUp: boolean): Failure {
  const kind = String(error.metadata?.get(KIND)[0] ?? '');
  if (isFailureKind(kind)) return saidByCallee(kind, error);

  switch (error.code) {
    case status.DEADLINE_EXCEEDED:
      return new Failure('timed_out', 'deadline_passed', 'No answer came before the deadline.', { cause: error });
    case status.CANCELLED:
      if (!gaveUp) return replyLost(error);
      return new Failure('cancelled', 'caller_gone', 'The call was cancelled.', { cause: error });
    case status.RESOURCE_EXHAUSTED:
      return new Failure('overloaded', 'callee_overloaded', 'A part of the system has too much to do.', {
        cause: error,
      });
    case status.UNAVAILABLE:
      if (NEVER_SENT.test(error.details)) {
        return new Failure('unavailable', 'callee_unreachable', 'A part of the system cannot be reached.', {
          cause: error,
        });
      }
      return replyLost(error);
    case status.INTERNAL:
    case status.UNKNOWN:
      if (BROKEN_CONNECTION.test(error.details)) return replyLost(error);
      return calleeBroke(error);
    default:
      return calleeBroke(error);
  }
}

function saidByCallee(kind: FailureKind, { metadata, details }: ServiceError): Failure {
  const textOf = (name: string): string | undefined => metadata.get(name)[0]?.toString();
  const ms = Number(textOf(RETRY_AFTER_MS));
  const retryAfterMs = Number.isFinite(ms) ? ms : undefined;
  return new Failure(kind, textOf(REASON) ?? kind, details, { retryAfterMs, at: textOf(AT) });
}

function calleeBroke(error: ServiceError): Failure {
  return new Failure('bug', 'callee_broke', 'A part of the system answered in a way that it should not.', {
    cause: error,
  });
}

function replyLost(error: ServiceError): Failure {
  return new Failure('timed_out', 'reply_lost', 'The connection broke before the answer came.', { cause: error });
}

// grpc-js has no field for this, only its texts (load-balancer-child-handler, picker, subchannel-call; 1.14.7).
const NEVER_SENT =
  /^((round_robin: )?No connection established|Name resolution failed|Stream refused by server|Channel closed before call started)/;
const BROKEN_CONNECTION = /RST_STREAM|ECONNRESET|EPIPE|socket hang up|Connection dropped/;
