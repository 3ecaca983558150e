/** Batching at the callee (the caller: batching-client.ts). Each call of a batch is handled as if it had a stream of its own. */
import { type handleBidiStreamingCall, type ServerDuplexStream, status } from '@grpc/grpc-js';
import { Failure } from '@seams/call';
import type { BatchedCall, BatchedResultInput, CallRequest, CallResponseInput } from '@seams/contracts';
import { MESSAGE_BYTES_MAX, type Unary } from '../client/channel.ts';
import { statusOf } from '../failure-status.ts';
import type { Arrival } from '../server/answer.ts';

export interface Method {
  readonly method: Unary;
  readonly answer: (arrival: Arrival) => Promise<unknown>;
}

/** Leaves room for the status and the id of a result. */
const RESPONSE_BYTES_MAX = MESSAGE_BYTES_MAX - 4_096;

type Stream = ServerDuplexStream<CallRequest, CallResponseInput>;

/** @param methods by their path, for example "/seams.orders.v1.OrderService/PlaceOrder" */
export function handleBatches(
  methods: ReadonlyMap<string, Method>,
  requestMsMax: number,
): handleBidiStreamingCall<CallRequest, CallResponseInput> {
  return (stream) => {
    const batches = new BatchStream(stream, methods, requestMsMax);
    stream.on('data', (message: CallRequest) => batches.receive(message));
    stream.on('end', () => batches.halfClose());
    stream.on('cancelled', () => batches.cancelAll());
  };
}

class BatchStream {
  readonly #stream: Stream;
  readonly #methods: ReadonlyMap<string, Method>;
  readonly #requestMsMax: number;
  readonly #running = new Map<number, AbortController>();
  #results: BatchedResultInput[] = [];
  #anyOk = false;
  #last: BatchedResultInput = {};
  #isHalfClosed = false;

  constructor(stream: Stream, methods: ReadonlyMap<string, Method>, requestMsMax: number) {
    this.#stream = stream;
    this.#methods = methods;
    this.#requestMsMax = requestMsMax;
  }

  receive({ calls, cancelled }: CallRequest): void {
    const cameAt = performance.now();
    const now = Date.now();
    for (const call of calls) {
      const caller = new AbortController();
      this.#running.set(call.id, caller);
      const deadlineAt = now + Math.min(call.timeoutMs, this.#requestMsMax);
      // One turn later, as for an unbatched call (server.ts): its cancellation may have arrived already.
      setImmediate(() => {
        const result = this.#handle(call, { deadlineAt, signal: caller.signal }, cameAt);
        void result.then((settled) => this.#finish({ id: call.id, ...settled }));
      });
    }
    for (const id of cancelled) this.#running.get(id)?.abort();
  }

  halfClose(): void {
    this.#isHalfClosed = true;
    this.#endIfDone();
  }

  cancelAll(): void {
    for (const caller of this.#running.values()) caller.abort();
  }

  async #handle(call: BatchedCall, ctx: Arrival['ctx'], cameAt: number): Promise<BatchedResultInput> {
    const { path, traceparent, tracestate } = call;
    const known = this.#methods.get(path);
    if (!known) return { status: status.UNIMPLEMENTED, details: `there is no ${path}` };
    const { method, answer } = known;
    let request: unknown;
    try {
      request = method.requestDeserialize(call.request);
    } catch (error) {
      return { status: status.INTERNAL, details: `Error deserializing request: ${String(error)}` };
    }
    // Requests of a lab are never batched.
    const arrival = { ctx, parent: { traceparent, tracestate }, lab: () => ({}), request, cameAt };
    return answer(arrival).then(
      (reply) => resultOf(method, reply),
      (thrown: unknown) => {
        const { code, details, metadata } = statusOf(Failure.from(thrown));
        return { status: code, details, metadata: textsOf(metadata.getMap()) };
      },
    );
  }

  #finish(result: BatchedResultInput): void {
    // Results of one turn, as of orders that were committed in one group, leave in one message.
    if (this.#results.length === 0) process.nextTick(() => this.#flush());
    this.#results.push(result);
    this.#running.delete(result.id ?? 0);
    this.#anyOk ||= result.status === status.OK;
    this.#last = result;
  }

  #endIfDone(): void {
    if (!this.#isHalfClosed || this.#running.size > 0 || this.#results.length > 0 || this.#stream.cancelled) return;
    if (this.#anyOk) this.#stream.end();
    else {
      // No call succeeded, so the stream fails too: outlier detection (channel.ts) counts streams.
      const { status: code = status.UNKNOWN, details = '' } = this.#last;
      this.#stream.emit('error', { code, details });
    }
  }

  #flush(): void {
    const results = this.#results;
    this.#results = [];
    if (this.#stream.cancelled) return;
    for (const part of partsOf(results)) this.#stream.write({ results: part });
    this.#endIfDone();
  }
}

function resultOf(method: Unary, reply: unknown): BatchedResultInput {
  let response: Buffer;
  try {
    response = method.responseSerialize(reply);
  } catch {
    return { status: status.INTERNAL, details: 'Error serializing response' };
  }
  return response.length <= RESPONSE_BYTES_MAX
    ? { status: status.OK, response }
    : { status: status.RESOURCE_EXHAUSTED, details: `an answer of ${response.length} bytes` };
}

/** As few messages as the bound on one allows. */
function partsOf(results: readonly BatchedResultInput[]): BatchedResultInput[][] {
  const parts: BatchedResultInput[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const result of results) {
    const size = result.response?.length ?? 0;
    bytes += size;
    if (bytes > RESPONSE_BYTES_MAX / 2) {
      parts.push([]);
      bytes = size;
    }
    parts.at(-1)?.push(result);
  }
  return parts;
}

const textsOf = (map: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, String(value)]));
