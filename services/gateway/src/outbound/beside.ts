/** HTTP on loopback to what stands beside the gateways: the auditor, the watcher, the trace store. All of it only reads. */
import { request } from 'node:http';
import { type CallContext, Failure, remainingMs } from '@seams/call';
import { activeCarrier } from '@seams/telemetry';

/** What is said when there is no answer. */
export interface Silence {
  /** "audit_unavailable" */
  readonly unavailable: string;
  /** "audit_too_slow" */
  readonly tooSlow: string;
  /** "The auditor" */
  readonly who: string;
}

// A report of the auditor is some 10 KB, a trace of a hundred spans 150.
const ANSWER_BYTES_MAX = 4_194_304;

/** Ends with its context: whoever is asked sees the connection close, and ends what nobody waits for. */
export function get(ctx: CallContext, url: string, silence: Silence): Promise<{ status: number; text: string }> {
  const unavailable = (message: string, cause: unknown): Failure =>
    new Failure('unavailable', silence.unavailable, message, { cause });
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent: false, headers: activeCarrier() }, (answer) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes <= ANSWER_BYTES_MAX) parts.push(part);
        else end(new Error(`the answer of ${silence.who} is too large`));
      });
      answer.once('error', (error) =>
        end(unavailable(`${silence.who} broke off; it is started again by itself.`, error)),
      );
      answer.once('end', () => {
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') });
        end();
      });
    });
    const gone = (): void => end(new Failure('cancelled', 'caller_gone', 'The caller went away.'));
    const late = setTimeout(
      () =>
        end(new Failure('timed_out', silence.tooSlow, `${silence.who} did not answer in time; nothing was changed.`)),
      remainingMs(ctx),
    );
    const end = (failure?: Error): void => {
      clearTimeout(late);
      ctx.signal.removeEventListener('abort', gone);
      if (failure) reject(failure);
      outgoing.destroy();
    };
    ctx.signal.addEventListener('abort', gone);
    outgoing.once('error', (error) =>
      end(unavailable(`${silence.who} cannot be reached; it is started again.`, error)),
    );
    outgoing.end();
  });
}
