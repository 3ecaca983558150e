/** Calls that came together (together.ts), at the callee: each is handled and answered as if it had come alone. */
import { type handleBidiStreamingCall, type ServerDuplexStream, status } from '@grpc/grpc-js';
import { Failure } from '@seams/call';
import type { TakenAnswerInput, TakenCall, TakeRequest, TakeResponseInput } from '@seams/contracts';
import type { Arrival } from './answer.ts';
import { MESSAGE_BYTES_MAX, type Unary } from './channel.ts';
import { statusOf } from './failure-status.ts';

export interface Answering {
  readonly method: Unary;
  readonly answer: (arrival: Arrival) => Promise<unknown>;
}

/** What an answer may have: some room is left for its status and its number. */
const ANSWER_BYTES_MAX = MESSAGE_BYTES_MAX - 4_096;

type Stream = ServerDuplexStream<TakeRequest, TakeResponseInput>;

/** @param methods by their path, for example "/seams.orders.v1.OrderService/PlaceOrder" */
export function takeTogether(
  methods: ReadonlyMap<string, Answering>,
  requestMsMax: number,
): handleBidiStreamingCall<TakeRequest, TakeResponseInput> {
  return (stream) => {
    const taken = new Taken(stream, methods, requestMsMax);
    stream.on('data', (message: TakeRequest) => taken.hear(message));
    stream.on('end', () => taken.hearNoMore());
    stream.on('cancelled', () => taken.giveUpAll());
  };
}

class Taken {
  readonly #stream: Stream;
  readonly #methods: ReadonlyMap<string, Answering>;
  readonly #requestMsMax: number;
  readonly #underWay = new Map<number, AbortController>();
  #answers: TakenAnswerInput[] = [];
  #anyOk = false;
  #last: TakenAnswerInput = {};
  #heardAll = false;

  constructor(stream: Stream, methods: ReadonlyMap<string, Answering>, requestMsMax: number) {
    this.#stream = stream;
    this.#methods = methods;
    this.#requestMsMax = requestMsMax;
  }

  hear({ calls, givenUp }: TakeRequest): void {
    const cameAt = performance.now();
    const now = Date.now();
    for (const call of calls) {
      const gone = new AbortController();
      this.#underWay.set(call.number, gone);
      const deadlineAt = now + Math.min(call.timeoutMs, this.#requestMsMax);
      // One turn later, as for a call alone (server.ts): who gave up may have said so already.
      setImmediate(() => {
        const answered = this.#answerTo(call, { deadlineAt, signal: gone.signal }, cameAt);
        void answered.then((answer) => this.#answered({ call: call.number, ...answer }));
      });
    }
    for (const number of givenUp) this.#underWay.get(number)?.abort();
  }

  hearNoMore(): void {
    this.#heardAll = true;
    this.#endIfDone();
  }

  giveUpAll(): void {
    for (const gone of this.#underWay.values()) gone.abort();
  }

  async #answerTo(call: TakenCall, ctx: Arrival['ctx'], cameAt: number): Promise<TakenAnswerInput> {
    const { path, traceparent, tracestate } = call;
    const served = this.#methods.get(path);
    if (!served) return { status: status.UNIMPLEMENTED, details: `there is no ${path}` };
    const { method, answer } = served;
    let request: unknown;
    try {
      request = method.requestDeserialize(call.request);
    } catch (error) {
      return { status: status.INTERNAL, details: `Error deserializing request: ${String(error)}` };
    }
    // What a lab wants something of leaves alone.
    const arrival = { ctx, parent: { traceparent, tracestate }, lab: () => ({}), request, cameAt };
    return answer(arrival).then(
      (reply) => answerWith(method, reply),
      (thrown: unknown) => {
        const { code, details, metadata } = statusOf(Failure.from(thrown));
        return { status: code, details, metadata: textsOf(metadata.getMap()) };
      },
    );
  }

  #answered(answer: TakenAnswerInput): void {
    // Those that end in one turn, as a group of orders does, leave in one message.
    if (this.#answers.length === 0) process.nextTick(() => this.#flush());
    this.#answers.push(answer);
    this.#underWay.delete(answer.call ?? 0);
    this.#anyOk ||= answer.status === status.OK;
    this.#last = answer;
  }

  #endIfDone(): void {
    if (!this.#heardAll || this.#underWay.size > 0 || this.#answers.length > 0 || this.#stream.cancelled) return;
    if (this.#anyOk) this.#stream.end();
    else {
      // Nothing went well: the stream is told as a failed call too, for who watches which replica fails (channel.ts).
      const { status: code = status.UNKNOWN, details = '' } = this.#last;
      this.#stream.emit('error', { code, details });
    }
  }

  #flush(): void {
    const answers = this.#answers;
    this.#answers = [];
    if (this.#stream.cancelled) return;
    for (const part of partsOf(answers)) this.#stream.write({ answers: part });
    this.#endIfDone();
  }
}

function answerWith(method: Unary, reply: unknown): TakenAnswerInput {
  let response: Buffer;
  try {
    response = method.responseSerialize(reply);
  } catch {
    return { status: status.INTERNAL, details: 'Error serializing response' };
  }
  return response.length <= ANSWER_BYTES_MAX
    ? { status: status.OK, response }
    : { status: status.RESOURCE_EXHAUSTED, details: `an answer of ${response.length} bytes` };
}

/** As few messages as the bound on one allows. */
function partsOf(answers: readonly TakenAnswerInput[]): TakenAnswerInput[][] {
  const parts: TakenAnswerInput[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const answer of answers) {
    const size = answer.response?.length ?? 0;
    bytes += size;
    if (bytes > ANSWER_BYTES_MAX / 2) {
      parts.push([]);
      bytes = size;
    }
    parts.at(-1)?.push(answer);
  }
  return parts;
}

const textsOf = (map: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, String(value)]));
