/** GET /v1/orders/ID/stores, as the gateway's OpenAPI describes it. */
import { type Answer, bodyOf, isOk } from '../api/ask.ts';

export interface OrderInStores {
  readonly orderId: string;
  readonly postgres: {
    readonly order: string;
    readonly stock: string;
    readonly ledger: string;
    readonly event: string;
  };
  readonly kafka: {
    readonly topic: string;
    readonly partition: number;
    readonly offset: string;
    readonly key: string;
    readonly bytes: number;
  } | null;
  readonly kafkaSays: string;
  readonly analytics: { readonly countedAt: string } | null;
}

/** The order that an answer placed, or placed before under the same key. */
export function orderPlacedBy(answer: Answer): string | undefined {
  const { method, path } = answer.question;
  return method === 'POST' && path === '/v1/orders' && isOk(answer)
    ? bodyOf<{ orderId: string }>(answer).orderId
    : undefined;
}

/** In all stores: from here on nothing changes. */
export const isSettled = ({ kafka, analytics }: OrderInStores): boolean => kafka !== null && analytics !== null;
