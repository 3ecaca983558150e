/** HTTP on loopback to what stands beside the gateways: the auditor, the watcher, the lab runner, the trace store. */
import { request } from 'node:http';
import { type CallContext, Failure, onEnd } from '@seams/call';
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

interface Question {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly body?: string;
}

interface Said {
  readonly status: number;
  readonly text: string;
}

export const get = (ctx: CallContext, url: string, silence: Silence): Promise<Said> =>
  send(ctx, { method: 'GET', url }, silence);

/**
 * Ends with its context: whoever is asked sees the connection close, and ends what nobody waits for. What only reads was
 * not done when no answer comes; of what changes something nobody knows, unless nobody was there to be asked.
 */
export function send(ctx: CallContext, { method, url, body }: Question, silence: Silence): Promise<Said> {
  const unanswered = (message: string, cause: unknown): Failure =>
    method === 'GET' || (cause as NodeJS.ErrnoException).code === 'ECONNREFUSED'
      ? new Failure('unavailable', silence.unavailable, message, { cause })
      : new Failure('timed_out', 'reply_lost', `${message} Whether it was done is unknown.`, { cause });
  const changed = method === 'GET' ? 'nothing was changed' : 'whether it was done is unknown';
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, agent: false, headers: headersOf(body) }, (answer) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes <= ANSWER_BYTES_MAX) parts.push(part);
        else end(new Error(`the answer of ${silence.who} is too large`));
      });
      answer.once('error', (error) =>
        end(unanswered(`${silence.who} broke off; it is started again by itself.`, error)),
      );
      answer.once('end', () => {
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') });
        end();
      });
    });
    const tooSlow = (): Failure =>
      new Failure('timed_out', silence.tooSlow, `${silence.who} did not answer in time; ${changed}.`);
    const dispose = onEnd(ctx, (why) => end(why.kind === 'timed_out' ? tooSlow() : why));
    const end = (failure?: Error): void => {
      dispose();
      if (failure) reject(failure);
      outgoing.destroy();
    };
    outgoing.once('error', (error) => end(unanswered(`${silence.who} cannot be reached; it is started again.`, error)));
    outgoing.end(body);
  });
}

const headersOf = (body: string | undefined): Record<string, string> => ({
  ...activeCarrier(),
  ...(body === undefined
    ? {}
    : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) }),
});
