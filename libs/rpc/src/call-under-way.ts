import { AsyncLocalStorage } from 'node:async_hooks';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { type CallContext, onEnd, remainingMs } from '@seams/call';
import type { TakenAnswer, TakeRequestInput } from '@seams/contracts';
import { activeCarrier, activeSpan, type Span } from '@seams/telemetry';
import type { Unary } from './channel.ts';
import { failureOf } from './failure-status.ts';

/** grpc-timeout has eight digits; this is 24 days, and what setTimeout can do. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/** One call on its way, alone or with others. It ends once: by its answer, its deadline, or its caller. */
export class CallUnderWay {
  readonly method: Unary;
  readonly ctx: CallContext;
  readonly request: unknown;
  readonly span: Span | undefined = activeSpan();
  /** Whoever lets it go, the first call of its turn, has a trace of its own. */
  readonly inItsTrace = AsyncLocalStorage.snapshot();
  readonly #end = Promise.withResolvers<unknown>();
  readonly #dispose: () => void;
  #bytes: Buffer | undefined;
  over = false;
  /** Set once it has left on a shared stream. */
  onGivenUp: () => void = () => undefined;

  constructor(method: Unary, ctx: CallContext, request: unknown) {
    this.method = method;
    this.ctx = ctx;
    this.request = request;
    this.#dispose = onEnd(ctx, this.#giveUp);
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

  /** @param number names it in its stream; @param together with how many it leaves */
  message(number: number, together: number): NonNullable<TakeRequestInput['calls']>[number] {
    this.span?.setAttribute('group.size', together);
    const timeoutMs = Math.min(Math.ceil(remainingMs(this.ctx)), TIMEOUT_MS_MAX);
    return {
      number,
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
    this.#dispose();
    this.#end.resolve(end);
  }
}

export const errorOf = (code: status, details: string, metadata = new Metadata()): ServiceError =>
  Object.assign(new Error(details), { code, details, metadata });
