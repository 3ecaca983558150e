import { describe, expect, it } from '@jest/globals';
import { type Menu, planOf, scarceItems } from './plan.ts';
import { randomOf } from './random.ts';
import { sample } from './replays.ts';
import { quantiles } from './statistics.ts';

const menus: Menu[] = ['harbour', 'station'].map((cafeId) => ({
  cafeId,
  items: ['tea', 'espresso', 'cake'].map((item, at) => ({
    itemId: `${cafeId}-${item}`,
    priceCents: 200 + at,
    stockUnits: 500,
  })),
}));
const options = { seed: 7, rate: 50, customers: 5, orders: 400 };

describe('the plan of a load', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planOf(options, menus)).toEqual(planOf(options, menus));
    expect(planOf({ ...options, seed: 8 }, menus)).not.toEqual(planOf(options, menus));
  });

  it('does not change what it begins with when it goes on for longer', () => {
    expect(planOf({ ...options, orders: 500 }, menus).slice(0, 400)).toEqual(planOf(options, menus));
  });

  it('arrives at the rate that was asked for, within the time', () => {
    const plan = planOf({ ...options, orders: undefined, seconds: 60 }, menus);
    expect(plan.length).toBeGreaterThan(2_800);
    expect(plan.length).toBeLessThan(3_200);
    expect(plan.at(-1)?.atMs).toBeLessThan(60_000);
    expect(plan.every(({ atMs }, at) => at === 0 || atMs >= (plan[at - 1]?.atMs ?? 0))).toBe(true);
  });

  it('orders what is on the menu, each item once, and knows what it costs', () => {
    const prices = new Map(menus.flatMap(({ items }) => items.map(({ itemId, priceCents }) => [itemId, priceCents])));
    for (const { request, cents, customer } of planOf(options, menus)) {
      const ids = request.items.map(({ itemId }) => itemId);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.every((id) => id.startsWith(request.cafeId))).toBe(true);
      expect(request.items.reduce((sum, one) => sum + one.quantity * (prices.get(one.itemId) ?? 0), 0)).toBe(cents);
      expect(customer).toBeLessThan(5);
    }
  });

  it('names what there is too little of', () => {
    expect(scarceItems(planOf(options, menus), menus)).toEqual([]);
    const [first, second] = menus as [Menu, Menu];
    const [tea, ...others] = first.items as [Menu['items'][number], ...Menu['items']];
    const scarce = [{ ...first, items: [{ ...tea, stockUnits: 1 }, ...others] }, second];
    expect(scarceItems(planOf(options, menus), scarce)).toEqual(['harbour-tea']);
  });
});

it('a sample keeps its order and takes as many as there should be', () => {
  const all = Array.from({ length: 100 }, (_, at) => at);
  expect(sample(all, 200, randomOf(1))).toEqual(all);
  const some = sample(all, 10, randomOf(1));
  expect(some).toHaveLength(10);
  expect(some).toEqual([...some].sort((a, b) => a - b));
});

it('quantiles are values that were measured', () => {
  const values = Array.from({ length: 200 }, (_, at) => 200 - at);
  expect(quantiles(values)).toEqual({ count: 200, p50: 100, p99: 198, max: 200 });
  expect(quantiles([])).toEqual({ count: 0, p50: 0, p99: 0, max: 0 });
});
