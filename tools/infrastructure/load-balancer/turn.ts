/**
 * Whose turn it is. For a quarter of a second one gateway gets all that is to be done: a process that finds several requests when it
 * is woken takes less for each, and orders that come through one gateway share messages on their way
 * (docs/decisions/0012-one-gateway-at-a-time.md). Over some seconds all are asked as often.
 */
import type { Gateway } from './gateways.ts';

const TURN_MS = 250;
/** Two thirds of the places that a gateway has (its IN_FLIGHT_MAX is 24): whoever comes then goes to the next one. */
const UNANSWERED_MAX = 16;
/** As for calls between services (libs/rpc/src/batching/pooled-stream.ts): one that froze gets one request a turn, and no reads. */
const SILENT_MS_MAX = 50;

export class Turn {
  /** Turns that were given, and reads that were sent. Each for itself: a read between two turns is not to bring the same one on again. */
  #turns = 0;
  #reads = 0;
  #current: { readonly gateway: Gateway; readonly until: number } | undefined;

  /** Among those that would take the request; undefined when there is none. */
  nextOf(gateways: readonly Gateway[], now: number): Gateway | undefined {
    const { gateway: current, until } = this.#current ?? { until: 0 };
    if (current && now < until && keepsUp(current, now) && gateways.includes(current)) return current;
    const gateway = gateways[this.#turns++ % Math.max(gateways.length, 1)];
    this.#current = gateway && { gateway, until: now + TURN_MS };
    return gateway;
  }

  /** For what only reads: the one with most room, as the places for reads are fewer. Whose turn it is stays as it is. */
  leastBusyOf(gateways: readonly Gateway[], now: number): Gateway | undefined {
    const heard = gateways.filter((gateway) => !isSilent(gateway, now));
    const all = heard.length > 0 ? heard : gateways;
    const least = Math.min(...all.map(({ unanswered }) => unanswered));
    const those = all.filter(({ unanswered }) => unanswered === least);
    return those[this.#reads++ % Math.max(those.length, 1)];
  }

  /** It answered anything but well: whoever asks again is not to meet it again. */
  passFrom(gateway: Gateway): void {
    if (this.#current?.gateway === gateway) this.#current = undefined;
  }
}

const keepsUp = (gateway: Gateway, now: number): boolean =>
  gateway.unanswered < UNANSWERED_MAX && !isSilent(gateway, now);

const isSilent = ({ unanswered, silentSince }: Gateway, now: number): boolean =>
  unanswered > 0 && now - silentSince >= SILENT_MS_MAX;
