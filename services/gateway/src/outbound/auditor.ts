import { request } from 'node:http';
import { type CallContext, Failure, remainingMs } from '@seams/call';
import type { Policy } from '@seams/resilience';
import { activeCarrier, inSpan, SpanKind } from '@seams/telemetry';

/** Was anything lost, as of now? */
export interface Auditor {
  /** The report, as the auditor gave it. `waitS`: how many seconds analytics may take to count what is published. */
  audit(ctx: CallContext, request: { readonly waitS: number }): Promise<unknown>;
}

// A report is some 10 KB.
const ANSWER_BYTES_MAX = 1_048_576;

/** The auditor over HTTP on loopback. An audit reads and changes nothing, so whatever breaks, it was not done. */
export const auditorOver = (url: string | undefined, policy: Policy): Auditor => ({
  audit: (ctx, { waitS }) =>
    policy.run(ctx, { repeatable: true }, async (attempt) => {
      if (url === undefined) throw unavailable('This system runs without an auditor.');
      const { status, text } = await inSpan('GET /audit', { kind: SpanKind.CLIENT }, () =>
        get(attempt, `${url}/audit?wait=${waitS}`),
      );
      if (status === 200) return JSON.parse(text) as unknown;
      const { reason, detail } = JSON.parse(text) as { reason: string; detail: string };
      if (status === 503) throw new Failure('unavailable', reason, detail);
      if (status === 504) throw new Failure('timed_out', reason, detail);
      throw new Error(`the auditor answered ${status} ${reason}`);
    }),
});

const unavailable = (message: string, cause?: unknown): Failure =>
  new Failure('unavailable', 'audit_unavailable', message, { cause });

/** Ends with its context: the auditor sees the connection close, and ends an audit that nobody waits for. */
function get(ctx: CallContext, url: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent: false, headers: activeCarrier() }, (answer) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes <= ANSWER_BYTES_MAX) parts.push(part);
        else end(new Error("the auditor's answer is too large"));
      });
      answer.once('error', (error) => end(unavailable('The auditor broke off; it is started again by itself.', error)));
      answer.once('end', () => {
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') });
        end();
      });
    });
    const gone = (): void => end(new Failure('cancelled', 'caller_gone', 'The caller went away.'));
    const late = setTimeout(
      () => end(new Failure('timed_out', 'audit_too_slow', 'There was no verdict in time; an audit changes nothing.')),
      remainingMs(ctx),
    );
    const end = (failure?: Error): void => {
      clearTimeout(late);
      ctx.signal.removeEventListener('abort', gone);
      if (failure) reject(failure);
      outgoing.destroy();
    };
    ctx.signal.addEventListener('abort', gone);
    outgoing.once('error', (error) => end(unavailable('The auditor cannot be reached; it is started again.', error)));
    outgoing.end();
  });
}
