import { type Client, type ClientDuplexStream, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { type TakeRequestInput, type TakeResponse, togetherService } from '@seams/contracts';
import { type CallUnderWay, errorOf } from './call-under-way.ts';

/**
 * How long a stream takes new calls. A message on a stream that stands takes a third of the CPU of a call with a stream
 * of its own (docs/price.md), so a quarter of a second is worth nearly as much as for ever: and it leaves to grpc-js what
 * it does by the stream, the choice of a replica, draining and outlier detection.
 */
const TAKES_MS = 250;
/**
 * Whoever says nothing for so long while calls wait gets no more of them. A replica that froze keeps its calls for 1.5 s
 * (channel.ts), and those that come meanwhile should hardly notice.
 */
const SILENT_MS_MAX = 50;

/** Calls on their way to one replica, at the caller; what the callee does with them is taken.ts. */
export class KeptStream {
  readonly #stream: ClientDuplexStream<TakeRequestInput, TakeResponse>;
  readonly #underWay = new Map<number, CallUnderWay>();
  readonly #takesUntil: NodeJS.Timeout;
  #numbers = 0;
  #heard = false;
  /** performance.now() of the latest answers, or of the first call after a time without any. */
  #silentSince = 0;
  #takes = true;

  /** @param sendAlone for calls that the callee has not looked at, because it is one from before this service */
  constructor(client: Client, sendAlone: (call: CallUnderWay) => void) {
    const { path, requestSerialize, responseDeserialize } = togetherService.Take;
    this.#stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new Metadata(), {});
    this.#stream.on('data', (message: TakeResponse) => this.#hear(message));
    // With each call answered this does nothing; a callee that forgot one is one whose answer was lost.
    this.#stream.on('end', () => this.#failAll(errorOf(status.UNAVAILABLE, 'the stream ended without an answer')));
    this.#stream.on('error', (error: ServiceError) => {
      if (error.code === status.UNIMPLEMENTED && !this.#heard)
        for (const call of this.#underWay.values()) sendAlone(call);
      this.#failAll(error);
    });
    this.#takesUntil = setTimeout(() => this.#takeNoMore(), TAKES_MS);
  }

  /** Whoever is silent, or answered anything but well, gets no more: the next stream leads to the next replica. */
  get usable(): boolean {
    return this.#takes && !this.#isSilent;
  }

  get #isSilent(): boolean {
    return this.#underWay.size > 0 && performance.now() - this.#silentSince > SILENT_MS_MAX;
  }

  send(calls: readonly CallUnderWay[]): void {
    if (this.#underWay.size === 0) this.#silentSince = performance.now();
    const messages = calls.map((call) => {
      const number = this.#numbers++;
      this.#underWay.set(number, call);
      call.onGivenUp = () => this.#giveUp(number);
      return call.message(number, calls.length);
    });
    this.#stream.write({ calls: messages });
  }

  #hear({ answers }: TakeResponse): void {
    this.#heard = true;
    this.#silentSince = performance.now();
    for (const answer of answers) {
      const call = this.#underWay.get(answer.call);
      this.#underWay.delete(answer.call);
      call?.answer(answer); // or it was given up meanwhile
      if (answer.status !== status.OK) this.#close();
    }
    this.#endIfDone();
  }

  #giveUp(number: number): void {
    if (this.#isSilent) this.#close();
    if (!this.#underWay.delete(number)) return;
    // Not an end: who watches which replica fails is to count it (channel.ts).
    if (!this.#takes && this.#underWay.size === 0) this.#stream.cancel();
    else this.#stream.write({ givenUp: [number] });
  }

  #takeNoMore(): void {
    this.#close();
    this.#endIfDone();
  }

  #close(): void {
    clearTimeout(this.#takesUntil);
    this.#takes = false;
  }

  #endIfDone(): void {
    if (!this.#takes && this.#underWay.size === 0) this.#stream.end();
  }

  #failAll(error: ServiceError): void {
    this.#close();
    for (const call of this.#underWay.values()) call.fail(error);
    this.#underWay.clear();
  }
}
