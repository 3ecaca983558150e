/** What the stores hold of an order, asked until it is in all of them. */
import { again } from '../api/again.ts';
import { type Answer, bodyOf, isForGood, isOk } from '../api/ask.ts';
import { askAs } from '../session/session.ts';
import { isSettled, type OrderInStores } from './stores.ts';

const LOOK_EVERY_MS = 1_000;
/** An event is counted in a second, and when Kafka was broken for a while, once it is back; then one looks again by hand. */
const LOOKS_MAX = 30;

/** What was found when nothing could change any more, for whoever comes back to the page. */
const settled = new Map<string, OrderInStores>();
export const settledOf = (orderId: string): OrderInStores | undefined => settled.get(orderId);

export interface Watching {
  onFound(found: OrderInStores): void;
  /** It is asked again, but where the answer is no for good. */
  onFailure(answer: Answer): void;
  onEnd(): void;
}

/** Returns what ends it. */
export function lookUntilSettled(orderId: string, { onFound, onFailure, onEnd }: Watching): () => void {
  let looks = 0;
  return again(async (over) => {
    const answer = await askAs('operator', { method: 'GET', path: `/v1/orders/${orderId}/stores` }, over);
    const found = isOk(answer) ? bodyOf<OrderInStores>(answer) : undefined;
    if (found && isSettled(found)) settled.set(orderId, found);
    if (found) onFound(found);
    else onFailure(answer);
    looks += 1;
    if (!isForGood(answer) && !settled.has(orderId) && looks < LOOKS_MAX) return LOOK_EVERY_MS;
    onEnd();
    return undefined;
  });
}
