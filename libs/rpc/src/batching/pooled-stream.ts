import { type Client, type ClientDuplexStream, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { batchService, type CallRequestInput, type CallResponse } from '@seams/contracts';
import { errorOf, type PendingCall } from './pending-call.ts';

/**
 * How long a stream accepts new calls. A message on an open stream takes a third of the CPU of a call with a stream of
 * its own (docs/price.md), so a quarter of a second is nearly as good as forever. A short life leaves to grpc-js what it
 * does for each stream: the choice of a replica, draining and outlier detection.
 */
const STREAM_LIFETIME_MS = 250;
/**
 * A callee that is silent for so long while calls wait gets no more calls. A frozen replica holds its calls for 1.5 s
 * (channel.ts), and calls that begin meanwhile should hardly notice.
 */
const SILENCE_MS_MAX = 50;

/** The calls to one replica, at the caller. The callee's side is batch-server.ts. */
export class PooledStream {
  readonly #stream: ClientDuplexStream<CallRequestInput, CallResponse>;
  readonly #pending = new Map<number, PendingCall>();
  readonly #lifetime: NodeJS.Timeout;
  #nextId = 0;
  #hasAnswered = false;
  /** performance.now() of the latest results, or of the first call after a time without any. */
  #silentSince = 0;
  #isOpen = true;

  /** @param sendUnbatched for calls that the callee has not looked at, because its version is older than this service */
  constructor(client: Client, sendUnbatched: (call: PendingCall) => void) {
    const { path, requestSerialize, responseDeserialize } = batchService.Call;
    this.#stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new Metadata(), {});
    this.#stream.on('data', (message: CallResponse) => this.#receive(message));
    // Nothing is pending after an orderly end. A call that the callee forgot has lost its answer.
    this.#stream.on('end', () => this.#failAll(errorOf(status.UNAVAILABLE, 'the stream ended without an answer')));
    this.#stream.on('error', (error: ServiceError) => {
      if (error.code === status.UNIMPLEMENTED && !this.#hasAnswered)
        for (const call of this.#pending.values()) sendUnbatched(call);
      this.#failAll(error);
    });
    this.#lifetime = setTimeout(() => {
      this.#close();
      this.#endIfDone();
    }, STREAM_LIFETIME_MS);
  }

  /** False after silence or any result but OK, so that the next stream leads to the next replica. */
  get isUsable(): boolean {
    return this.#isOpen && !this.#isSilent;
  }

  get #isSilent(): boolean {
    return this.#pending.size > 0 && performance.now() - this.#silentSince > SILENCE_MS_MAX;
  }

  send(calls: readonly PendingCall[]): void {
    if (this.#pending.size === 0) this.#silentSince = performance.now();
    const messages = calls.map((call) => {
      const id = this.#nextId++;
      this.#pending.set(id, call);
      call.onCancel = () => this.#cancel(id);
      return call.message(id, calls.length);
    });
    this.#stream.write({ calls: messages });
  }

  #receive({ results }: CallResponse): void {
    this.#hasAnswered = true;
    this.#silentSince = performance.now();
    for (const result of results) {
      const call = this.#pending.get(result.id);
      this.#pending.delete(result.id);
      call?.resolve(result); // undefined: the call was cancelled meanwhile
      if (result.status !== status.OK) this.#close();
    }
    this.#endIfDone();
  }

  #cancel(id: number): void {
    if (this.#isSilent) this.#close();
    if (!this.#pending.delete(id)) return;
    // Cancel rather than half-close, so that outlier detection counts it as a failure.
    if (!this.#isOpen && this.#pending.size === 0) this.#stream.cancel();
    else this.#stream.write({ cancelled: [id] });
  }

  #close(): void {
    clearTimeout(this.#lifetime);
    this.#isOpen = false;
  }

  #endIfDone(): void {
    if (!this.#isOpen && this.#pending.size === 0) this.#stream.end();
  }

  #failAll(error: ServiceError): void {
    this.#close();
    for (const call of this.#pending.values()) call.fail(error);
    this.#pending.clear();
  }
}
