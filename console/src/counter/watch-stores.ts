/** What the stores hold of an order, asked until it is in all of them. */
import { type Answer, bodyOf, isOk } from '../api/ask.ts';
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
  const over = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = async (looks: number): Promise<void> => {
    const answer = await askAs('operator', { method: 'GET', path: `/v1/orders/${orderId}/stores` }, over.signal);
    const found = isOk(answer) ? bodyOf<OrderInStores>(answer) : undefined;
    if (found && isSettled(found)) settled.set(orderId, found);
    if (found) onFound(found);
    else onFailure(answer);
    const forGood = [401, 403, 404].includes(answer.status) || settled.has(orderId);
    if (forGood || looks === LOOKS_MAX) onEnd();
    else timer = setTimeout(go, LOOK_EVERY_MS, looks + 1);
  };
  const go = (looks: number): void => {
    look(looks).catch((error: unknown) => {
      if (!over.signal.aborted) throw error;
    });
  };
  go(1);
  return () => {
    over.abort();
    clearTimeout(timer);
  };
}
