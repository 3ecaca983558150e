/**
 * Calls that leave together: while a call to the same callee is under way, those that come after it wait, and leave in
 * one message when its answer is there. Each keeps its own deadline, cancellation, trace, answer and failure, and its own
 * place in retries and breakers, which are above; only the way is shared. docs/decisions/0011-calls-that-leave-together.md
 *
 * Never a reply: as for a call alone, by its own deadline. Ran twice: only what may is sent this way (CallsOptions).
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Client, type ClientDuplexStream, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { type CallContext, remainingMs } from '@seams/call';
import { type TakenAnswer, type TakeRequestInput, type TakeResponse, togetherService } from '@seams/contracts';
import { activeCarrier, activeSpan, inSharedSpan, type Span } from '@seams/telemetry';
import type { Unary } from './channel.ts';
import { failureOf } from './failure-status.ts';
import { send } from './send.ts';

/** As many as storage commits at once (orders-in-groups). */
const CALLS_MAX = 32;
/** Half of what a message may have; a call with more leaves alone, and fails as it would without all this. */
const BYTES_MAX = 131_072;
/**
 * So long a call waits for the answer of another. Under load answers take 20 to 100 ms (docs/price.md); a replica that
 * froze keeps its calls for 1.5 s, and the others, which go to the next replica, should hardly notice.
 */
const WAIT_MS_MAX = 50;
/** grpc-timeout has eight digits; this is 24 days, and what setTimeout can do. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

export interface TogetherOptions {
  /** Fewer than this leave as plain calls. */
  readonly atLeast: number;
}

/** One for each client; a call belongs to the client that it was given to. */
export class Together {
  readonly #client: Client;
  readonly #atLeast: number;
  #waiting: Call[] = [];
  /** Groups under way of which no call has been answered yet. */
  #unanswered = 0;
  #leaving: NodeJS.Immediate | undefined;
  #latest: NodeJS.Timeout | undefined;

  constructor(client: Client, { atLeast }: TogetherOptions) {
    this.#client = client;
    this.#atLeast = atLeast;
  }

  /** One attempt, without a span of its own. It fails only with a Failure and never outlives its context. */
  send(method: Unary, ctx: CallContext, request: unknown): Promise<unknown> {
    const call = new Call(method, ctx, request);
    this.#waiting.push(call);
    if (this.#unanswered === 0) this.#leaveSoon();
    else this.#latest ??= setTimeout(this.#leave, WAIT_MS_MAX);
    return call.ended;
  }

  /** At the end of this turn: requests that came in one read of a socket are asked for in one turn. */
  #leaveSoon(): void {
    this.#leaving ??= setImmediate(this.#leave);
  }

  readonly #leave = (): void => {
    clearImmediate(this.#leaving);
    clearTimeout(this.#latest);
    this.#leaving = undefined;
    this.#latest = undefined;
    const group = this.#nextGroup();
    if (group.length === 0) return;
    if (this.#waiting.length > 0) this.#leaveSoon();

    this.#unanswered += 1;
    let unanswered = true;
    const answered = (): void => {
      if (!unanswered) return;
      unanswered = false;
      this.#unanswered -= 1;
      if (this.#unanswered === 0 && this.#waiting.length > 0) this.#leaveSoon();
    };
    if (group.length >= this.#atLeast && group.every((call) => call.bytes())) this.#sendTogether(group, answered);
    else for (const call of group) this.#sendAlone(call, answered);
  };

  /** Whoever waited too long, or for nobody any more, has ended by itself. */
  #nextGroup(): Call[] {
    this.#waiting = this.#waiting.filter(({ over }) => !over);
    if (this.#waiting.length < this.#atLeast) return this.#waiting.splice(0);
    let bytes = 0;
    let count = 0;
    for (const call of this.#waiting.slice(0, CALLS_MAX)) {
      bytes += call.bytes()?.length ?? Number.POSITIVE_INFINITY;
      if (count > 0 && bytes > BYTES_MAX) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  #sendAlone(call: Call, answered: () => void): void {
    const { method, ctx, request, inItsTrace } = call;
    call.endWith(inItsTrace(() => send(this.#client, method, ctx, request)).finally(answered));
  }

  #sendTogether(calls: readonly Call[], answered: () => void): void {
    const deadline = Math.max(...calls.map(({ ctx }) => ctx.deadlineAt));
    const spans = calls.flatMap(({ span }) => (span ? [span] : []));
    const follow = async (): Promise<void> => {
      const { path, requestSerialize, responseDeserialize } = togetherService.Take;
      const metadata = new Metadata();
      this.#follow(
        this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata, { deadline }),
        calls,
        answered,
      );
    };
    inSharedSpan(spans, follow).catch((error: unknown) => {
      answered();
      endAll(calls, errorOf(status.UNAVAILABLE, `Channel closed before call started: ${String(error)}`));
    });
  }

  #follow(
    stream: ClientDuplexStream<TakeRequestInput, TakeResponse>,
    calls: readonly Call[],
    answered: () => void,
  ): void {
    for (const [place, call] of calls.entries()) {
      call.onGivenUp = () => {
        if (calls.every(({ over }) => over)) stream.cancel();
        else stream.write({ givenUp: [place] });
      };
    }
    stream.on('data', ({ answers }: TakeResponse) => {
      for (const answer of answers) calls[answer.call]?.answer(answer);
      answered();
    });
    // With each call answered this does nothing; a callee that forgot one is one whose answer was lost.
    stream.on('end', () => endAll(calls, errorOf(status.UNAVAILABLE, 'the stream ended without an answer')));
    stream.on('error', (error: ServiceError) => {
      answered();
      if (error.code === status.UNIMPLEMENTED) {
        // A callee from before this service; none of them began.
        for (const call of calls) if (!call.over) this.#sendAlone(call, () => undefined);
      } else endAll(calls, error);
    });
    stream.write({ calls: calls.map((call) => call.message(calls.length)) });
  }
}

function endAll(calls: readonly Call[], error: ServiceError): void {
  for (const call of calls) call.fail(error);
}

const errorOf = (code: status, details: string, metadata = new Metadata()): ServiceError =>
  Object.assign(new Error(details), { code, details, metadata });

/** One call on its way, alone or with others. It ends once: by its answer, its deadline, or its caller. */
class Call {
  readonly method: Unary;
  readonly ctx: CallContext;
  readonly request: unknown;
  readonly span: Span | undefined = activeSpan();
  /** Whoever lets it go, an answer to another call or a timer, has a trace of its own. */
  readonly inItsTrace = AsyncLocalStorage.snapshot();
  readonly #cameAt = performance.now();
  readonly #end = Promise.withResolvers<unknown>();
  readonly #late: NodeJS.Timeout | undefined;
  #bytes: Buffer | undefined;
  over = false;
  /** Set once it has left with others. */
  onGivenUp: () => void = () => undefined;

  constructor(method: Unary, ctx: CallContext, request: unknown) {
    this.method = method;
    this.ctx = ctx;
    this.request = request;
    ctx.signal.addEventListener('abort', this.#giveUp, { once: true });
    if (Number.isFinite(ctx.deadlineAt)) this.#late = setTimeout(this.#giveUp, remainingMs(ctx));
    if (ctx.signal.aborted) this.#giveUp();
  }

  get ended(): Promise<unknown> {
    return this.#end.promise;
  }

  /** Undefined when the request is no such message: a call alone says what is wrong with it. */
  bytes(): Buffer | undefined {
    try {
      this.#bytes ??= this.method.requestSerialize(this.request);
    } catch {
      return undefined;
    }
    return this.#bytes;
  }

  message(together: number): NonNullable<TakeRequestInput['calls']>[number] {
    this.span?.setAttributes({
      'group.size': together,
      'group.waited_ms': Math.round(performance.now() - this.#cameAt),
    });
    const timeoutMs = Math.min(Math.ceil(remainingMs(this.ctx)), TIMEOUT_MS_MAX);
    return {
      path: this.method.path,
      timeoutMs,
      request: this.bytes() ?? Buffer.alloc(0),
      ...this.inItsTrace(activeCarrier),
    };
  }

  answer({ status: code, details, metadata: said, response }: TakenAnswer): void {
    if (code !== status.OK) {
      const metadata = new Metadata();
      for (const [name, value] of Object.entries(said)) metadata.set(name, value);
      this.fail(errorOf(code, details, metadata));
      return;
    }
    try {
      this.#settle(Promise.resolve(this.method.responseDeserialize(response)));
    } catch (error) {
      this.fail(errorOf(status.INTERNAL, `Response message parsing error: ${String(error)}`));
    }
  }

  fail(error: ServiceError): void {
    if (!this.over) this.#settle(Promise.reject(failureOf(error, this.ctx.signal.aborted)));
  }

  endWith(ended: Promise<unknown>): void {
    this.#settle(ended);
  }

  readonly #giveUp = (): void => {
    if (this.over) return;
    this.fail(errorOf(this.ctx.signal.aborted ? status.CANCELLED : status.DEADLINE_EXCEEDED, 'nobody waits any more'));
    this.onGivenUp();
  };

  #settle(end: Promise<unknown>): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.#late);
    this.ctx.signal.removeEventListener('abort', this.#giveUp); // a long request would collect these otherwise
    this.#end.resolve(end);
  }
}
