/**
 * Client-side batching: the calls that begin in one turn of the event loop go to the callee in one message, on a pooled
 * stream (pooled-stream.ts). Each call keeps its own deadline, cancellation, trace, result and failure; retries and
 * breakers are above and see single calls. docs/decisions/0011-calls-that-leave-together.md
 *
 * Without a reply: the call ends by its own deadline, as an unbatched one does. Ran twice: only methods that may run
 * twice are batched (CallsOptions).
 */
import { type Client, status } from '@grpc/grpc-js';
import type { CallContext } from '@seams/call';
import { inSharedSpan } from '@seams/telemetry';
import type { Unary } from '../client/channel.ts';
import { send } from '../client/send.ts';
import { errorOf, PendingCall } from './pending-call.ts';
import { PooledStream } from './pooled-stream.ts';

/** Half of MESSAGE_BYTES_MAX. A larger call is sent unbatched, and fails as it would without batching. */
const BATCH_BYTES_MAX = 131_072;

/** One for each gRPC client. */
export class BatchingClient {
  readonly #client: Client;
  #queue: PendingCall[] = [];
  #stream: PooledStream | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  /** One attempt, without a span of its own. It fails only with a Failure and never outlives its context. */
  send(method: Unary, ctx: CallContext, request: unknown): Promise<unknown> {
    const call = new PendingCall(method, ctx, request);
    this.#queue.push(call);
    // At the end of this turn: requests from one read of a socket make their calls in one turn.
    if (this.#queue.length === 1) setImmediate(this.#flush);
    return call.result;
  }

  readonly #flush = (): void => {
    let batch: PendingCall[] = [];
    let bytes = 0;
    for (const call of this.#queue.splice(0)) {
      if (call.isOver) continue;
      // A request that can't be serialized is sent unbatched too: that call then fails with the reason.
      const size = call.bytes()?.length ?? Number.POSITIVE_INFINITY;
      if (size > BATCH_BYTES_MAX) {
        this.#sendUnbatched(call);
        continue;
      }
      if (bytes + size > BATCH_BYTES_MAX) {
        this.#sendBatch(batch);
        [batch, bytes] = [[], 0];
      }
      batch.push(call);
      bytes += size;
    }
    if (batch.length > 0) this.#sendBatch(batch);
  };

  #sendUnbatched(call: PendingCall): void {
    const { method, ctx, request, inItsTrace } = call;
    call.settleWith(inItsTrace(() => send(this.#client, method, ctx, request)));
  }

  #sendBatch(calls: readonly PendingCall[]): void {
    const spans = calls.flatMap(({ span }) => (span ? [span] : []));
    inSharedSpan(spans, () => {
      try {
        if (!this.#stream?.isUsable) this.#stream = new PooledStream(this.#client, (call) => this.#sendUnbatched(call));
      } catch (error) {
        const closed = errorOf(status.UNAVAILABLE, `Channel closed before call started: ${String(error)}`);
        for (const call of calls) call.fail(closed);
        return;
      }
      this.#stream.send(calls);
    });
  }
}
