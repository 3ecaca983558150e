import { AsyncLocalStorage } from 'node:async_hooks';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { type CallContext, onEnd, remainingMs } from '@seams/call';
import type { BatchedResult, CallRequestInput } from '@seams/contracts';
import { activeCarrier, activeSpan, type Span } from '@seams/telemetry';
import type { Unary } from '../client/channel.ts';
import { failureOf } from '../failure-status.ts';

/** grpc-timeout has eight digits; this is 24 days, and what setTimeout can do. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/** One call that waits for its result, batched or not. It settles once: by its result, its deadline, or its caller. */
export class PendingCall {
  readonly method: Unary;
  readonly ctx: CallContext;
  readonly request: unknown;
  readonly span: Span | undefined = activeSpan();
  /** The batch is sent in the trace of its first call, so each call keeps its own. */
  readonly inItsTrace = AsyncLocalStorage.snapshot();
  readonly #settled = Promise.withResolvers<unknown>();
  readonly #dispose: () => void;
  #bytes: Buffer | undefined;
  isOver = false;
  /** Set once the call was sent on a stream. */
  onCancel: () => void = () => undefined;

  constructor(method: Unary, ctx: CallContext, request: unknown) {
    this.method = method;
    this.ctx = ctx;
    this.request = request;
    this.#dispose = onEnd(ctx, this.#cancel);
    if (ctx.signal.aborted) this.#cancel();
  }

  get result(): Promise<unknown> {
    return this.#settled.promise;
  }

  /** Undefined when the request can't be serialized. */
  bytes(): Buffer | undefined {
    try {
      this.#bytes ??= this.method.requestSerialize(this.request);
    } catch {
      return undefined;
    }
    return this.#bytes;
  }

  /** @param id unique within the stream; @param batchSize how many calls the message has */
  message(id: number, batchSize: number): NonNullable<CallRequestInput['calls']>[number] {
    this.span?.setAttribute('group.size', batchSize);
    const timeoutMs = Math.min(Math.ceil(remainingMs(this.ctx)), TIMEOUT_MS_MAX);
    return {
      id,
      path: this.method.path,
      timeoutMs,
      request: this.bytes() ?? Buffer.alloc(0),
      ...this.inItsTrace(activeCarrier),
    };
  }

  resolve({ status: code, details, metadata: texts, response }: BatchedResult): void {
    if (code !== status.OK) {
      const metadata = new Metadata();
      for (const [name, value] of Object.entries(texts)) metadata.set(name, value);
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
    if (!this.isOver) this.#settle(Promise.reject(failureOf(error, this.ctx.signal.aborted)));
  }

  settleWith(result: Promise<unknown>): void {
    this.#settle(result);
  }

  readonly #cancel = (): void => {
    if (this.isOver) return;
    const code = this.ctx.signal.aborted ? status.CANCELLED : status.DEADLINE_EXCEEDED;
    this.fail(errorOf(code, 'the caller does not wait any longer'));
    this.onCancel();
  };

  #settle(result: Promise<unknown>): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#dispose();
    this.#settled.resolve(result);
  }
}

export const errorOf = (code: status, details: string, metadata = new Metadata()): ServiceError =>
  Object.assign(new Error(details), { code, details, metadata });
