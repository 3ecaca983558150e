/** What will be asked and when: all of it follows from the seed and the menus, before the first order is sent. */
import { type Random, randomOf, STREAM } from './random.ts';

export interface OrderRequest {
  readonly cafeId: string;
  readonly items: readonly { readonly itemId: string; readonly quantity: number }[];
}

export interface PlannedOrder {
  /** From 0 on. */
  readonly number: number;
  /** When it arrives, counted from the beginning. */
  readonly atMs: number;
  /** Which of the customers orders, from 0 on. */
  readonly customer: number;
  readonly request: OrderRequest;
  readonly cents: number;
}

export interface Menu {
  readonly cafeId: string;
  readonly items: readonly { readonly itemId: string; readonly priceCents: number; readonly stockUnits: number }[];
}

export interface PlanOptions {
  readonly seed: number;
  /** Orders per second, on average. */
  readonly rate: number;
  readonly customers: number;
  /** Either of the two bounds it. */
  readonly seconds?: number | undefined;
  readonly orders?: number | undefined;
}

export const ORDERS_MAX = 1_000_000;
const LINES_MAX = 3;
const QUANTITY_MAX = 3;

/** Arrivals are a Poisson process: they do not know of each other, nor of what the system is doing (open loop). */
export function planOf(
  { seed, rate, customers, seconds, orders }: PlanOptions,
  menus: readonly Menu[],
): PlannedOrder[] {
  if (menus.length === 0 || menus.some(({ items }) => items.length === 0)) throw new Error('there is nothing to order');
  const arrivals = randomOf(seed, STREAM.arrivals);
  const plan: PlannedOrder[] = [];
  for (let atMs = 0; plan.length < (orders ?? ORDERS_MAX); ) {
    atMs += arrivals.exponential(1_000 / rate);
    if (orders === undefined && atMs >= (seconds ?? 0) * 1_000) break;
    plan.push(orderOf(plan.length, atMs, { customers, menus, random: randomOf(seed, STREAM.order, plan.length) }));
  }
  return plan;
}

interface Choice {
  readonly customers: number;
  readonly menus: readonly Menu[];
  readonly random: Random;
}

function orderOf(number: number, atMs: number, { customers, menus, random }: Choice): PlannedOrder {
  const customer = random.below(customers);
  const { cafeId, items } = menus[random.below(menus.length)] as Menu;
  const left = [...items];
  const lines = Array.from({ length: Math.min(1 + random.below(LINES_MAX), left.length) }, () => {
    const [{ itemId, priceCents }] = left.splice(random.below(left.length), 1) as [Menu['items'][number]];
    return { itemId, priceCents, quantity: 1 + random.below(QUANTITY_MAX) };
  });
  return {
    number,
    atMs,
    customer,
    request: { cafeId, items: lines.map(({ itemId, quantity }) => ({ itemId, quantity })) },
    cents: lines.reduce((sum, { priceCents, quantity }) => sum + priceCents * quantity, 0),
  };
}

/** Items that hold less than the plan asks for: whoever comes late is refused. */
export function scarceItems(plan: readonly PlannedOrder[], menus: readonly Menu[]): string[] {
  const asked = new Map<string, number>();
  for (const { itemId, quantity } of plan.flatMap(({ request }) => request.items))
    asked.set(itemId, (asked.get(itemId) ?? 0) + quantity);
  return menus.flatMap(({ items }) =>
    items.filter(({ itemId, stockUnits }) => stockUnits < (asked.get(itemId) ?? 0)).map(({ itemId }) => itemId),
  );
}
