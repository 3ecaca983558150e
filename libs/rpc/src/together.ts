/**
 * Calls that leave together: those of one turn of the event loop go to the same callee in one message, on a stream that
 * is kept for a moment (kept-stream.ts). Each keeps its own deadline, cancellation, trace, answer and failure, and its
 * own place in retries and breakers, which are above; only the way is shared.
 * docs/decisions/0011-calls-that-leave-together.md
 *
 * Never a reply: as for a call alone, by its own deadline. Ran twice: only what may is sent this way (CallsOptions).
 */
import { type Client, status } from '@grpc/grpc-js';
import type { CallContext } from '@seams/call';
import { inSharedSpan } from '@seams/telemetry';
import { CallUnderWay, errorOf } from './call-under-way.ts';
import type { Unary } from './channel.ts';
import { KeptStream } from './kept-stream.ts';
import { send } from './send.ts';

/** Half of what a message may have; a call with more leaves alone, and fails as it would without all this. */
const BYTES_MAX = 131_072;

/** One for each client; a call belongs to the client that it was given to. */
export class Together {
  readonly #client: Client;
  #waiting: CallUnderWay[] = [];
  #stream: KeptStream | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  /** One attempt, without a span of its own. It fails only with a Failure and never outlives its context. */
  send(method: Unary, ctx: CallContext, request: unknown): Promise<unknown> {
    const call = new CallUnderWay(method, ctx, request);
    this.#waiting.push(call);
    // At the end of this turn: requests that came in one read of a socket are asked for in one turn.
    if (this.#waiting.length === 1) setImmediate(this.#leave);
    return call.ended;
  }

  readonly #leave = (): void => {
    let together: CallUnderWay[] = [];
    let bytes = 0;
    for (const call of this.#waiting.splice(0)) {
      if (call.over) continue;
      // One that is no such message is too large, too: alone it says what is wrong with it.
      const size = call.bytes()?.length ?? Number.POSITIVE_INFINITY;
      if (size > BYTES_MAX) {
        this.#sendAlone(call);
        continue;
      }
      if (bytes + size > BYTES_MAX) {
        this.#sendTogether(together);
        [together, bytes] = [[], 0];
      }
      together.push(call);
      bytes += size;
    }
    if (together.length > 0) this.#sendTogether(together);
  };

  #sendAlone(call: CallUnderWay): void {
    const { method, ctx, request, inItsTrace } = call;
    call.endWith(inItsTrace(() => send(this.#client, method, ctx, request)));
  }

  #sendTogether(calls: readonly CallUnderWay[]): void {
    const spans = calls.flatMap(({ span }) => (span ? [span] : []));
    inSharedSpan(spans, () => {
      try {
        if (!this.#stream?.usable) this.#stream = new KeptStream(this.#client, (call) => this.#sendAlone(call));
      } catch (error) {
        const closed = errorOf(status.UNAVAILABLE, `Channel closed before call started: ${String(error)}`);
        for (const call of calls) call.fail(closed);
        return;
      }
      this.#stream.send(calls);
    });
  }
}
