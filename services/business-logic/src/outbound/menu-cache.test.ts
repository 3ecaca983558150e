import { describe, expect, it } from '@jest/globals';
import { type CallContext, Failure, parseFaultPlan } from '@seams/call';
import type { Menu } from '@seams/contracts';
import { cachedMenus } from './menu-cache.ts';
import type { Storage } from './storage.ts';

const STALE_MS_MAX = 600_000;
const TTL_MS = 1_000;
const menuAt = (stockUnits: number): Menu => ({
  cafe: { cafeId: 'harbour', name: 'Harbour Café', city: 'Hamburg' },
  currency: 'EUR',
  items: [{ itemId: 'espresso', name: 'Espresso', priceCents: 220, stockUnits }],
});
const ctx = (ms = 2_000): CallContext => ({ deadlineAt: Date.now() + ms, signal: new AbortController().signal });

function scene() {
  let now = 1_000_000;
  const reads: PromiseWithResolvers<Menu | undefined>[] = [];
  const readMenu = (): Promise<Menu | undefined> => {
    reads.push(Promise.withResolvers());
    return (reads.at(-1) as (typeof reads)[number]).promise;
  };
  const menus = cachedMenus({ readMenu, readCafes: async () => [] } as unknown as Storage, {
    ttlMs: TTL_MS,
    staleMsMax: STALE_MS_MAX,
    monotonicMs: () => now,
  });
  const ask = (given = ctx()) => menus.readMenu(given, 'harbour');
  return {
    menus,
    reads,
    ask,
    /** One read that storage answers. */
    read: async () => {
      const asked = ask();
      reads.at(-1)?.resolve(menuAt(7));
      return asked;
    },
    fail: (kind: 'unavailable' | 'timed_out' | 'overloaded' | 'bug' | 'not_found') =>
      reads.at(-1)?.reject(new Failure(kind, 'some_reason')),
    later: (ms: number) => {
      now += ms;
    },
  };
}

describe('a menu', () => {
  it('comes from storage each time', async () => {
    const { read, reads } = scene();
    expect(await read()).toEqual({ value: menuAt(7), staleMs: 0 });
    expect(await read()).toEqual({ value: menuAt(7), staleMs: 0 });
    expect(reads).toHaveLength(2);
  });

  it.each(['unavailable', 'timed_out', 'overloaded'] as const)('is the last one when storage is %s', async (kind) => {
    const { read, ask, fail, later } = scene();
    await read();
    later(12_345);
    const asked = ask();
    fail(kind);
    expect(await asked).toEqual({ value: menuAt(7), staleMs: 12_345 });
  });

  it('that an order has read stands in as well', async () => {
    const { menus, reads, ask, fail } = scene();
    const ordered = menus.readPrices(ctx(), 'harbour');
    reads.at(-1)?.resolve(menuAt(3));
    await ordered;
    const asked = ask();
    fail('unavailable');
    expect(await asked).toEqual({ value: menuAt(3), staleMs: 1 });
  });

  it('for an order is never an old one', async () => {
    const { menus, read, fail, later } = scene();
    await read();
    later(TTL_MS);
    const ordered = menus.readPrices(ctx(), 'harbour');
    fail('unavailable');
    await expect(ordered).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('does not stand in when it is too old, for a bug, or when there is none', async () => {
    const { read, ask, fail, later } = scene();
    const first = ask();
    fail('unavailable');
    await expect(first).rejects.toMatchObject({ kind: 'unavailable' });
    await read();
    const second = ask();
    fail('bug');
    await expect(second).rejects.toMatchObject({ kind: 'bug' });
    later(STALE_MS_MAX + 1);
    const third = ask();
    fail('unavailable');
    await expect(third).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('of a café that is gone is gone', async () => {
    const { read, ask, reads, fail } = scene();
    await read();
    const gone = ask();
    reads.at(-1)?.resolve(undefined);
    expect(await gone).toEqual({ value: undefined, staleMs: 0 });
    const asked = ask();
    fail('unavailable');
    await expect(asked).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('readers of one menu', () => {
  it('share a read that begins after they asked: one runs, one is due', async () => {
    const { ask, reads } = scene();
    const first = ask();
    const others = [ask(), ask(), ask()];
    expect(reads).toHaveLength(1);
    reads[0]?.resolve(menuAt(7));
    expect((await first).value).toEqual(menuAt(7));
    await new Promise(setImmediate);
    expect(reads).toHaveLength(2);
    reads[1]?.resolve(menuAt(6));
    for (const { value } of await Promise.all(others)) expect(value).toEqual(menuAt(6));
  });

  it('are not struck by what a lab does to one of them, nor by his short deadline', async () => {
    const { ask, reads } = scene();
    const struck = ask({ ...ctx(), faults: parseFaultPlan('storage.ReadMenu=error:unavailable') });
    const hasty = ask(ctx(50));
    const other = ask();
    expect(reads).toHaveLength(3);
    reads[0]?.reject(new Failure('unavailable', 'some_reason'));
    await Promise.all([
      expect(struck).rejects.toMatchObject({ kind: 'unavailable' }),
      expect(hasty).rejects.toMatchObject({ kind: 'timed_out' }),
    ]);
    reads[2]?.resolve(menuAt(7));
    expect((await other).value).toEqual(menuAt(7));
  });

  it('are given the last one when storage is silent for a second', async () => {
    const { read, ask } = scene();
    await read();
    expect((await ask()).staleMs).toBe(1);
  });
});

describe('the prices of an order', () => {
  const ordered = ({ menus }: ReturnType<typeof scene>, given = ctx()) => menus.readPrices(given, 'harbour');

  it('are those that were read within a second, by whom ever, and then read anew', async () => {
    const world = scene();
    await world.read();
    world.later(TTL_MS - 1);
    expect(await ordered(world)).toEqual({ menu: menuAt(7), cached: true });
    world.later(1);
    const asked = [ordered(world), ordered(world), ordered(world)];
    expect(world.reads).toHaveLength(2); // one for all three
    world.reads[1]?.resolve(menuAt(6));
    expect(await Promise.all(asked)).toEqual(asked.map(() => ({ menu: menuAt(6), cached: false })));
    expect(await ordered(world)).toEqual({ menu: menuAt(6), cached: true });
  });

  it('are as old as the question for them, not as its answer', async () => {
    const world = scene();
    const asked = ordered(world);
    world.later(TTL_MS);
    world.reads[0]?.resolve(menuAt(7));
    await asked;
    void ordered(world).catch(() => undefined);
    expect(world.reads).toHaveLength(2);
  });

  it('are read for each order of a lab, and a café that is not there for each', async () => {
    const world = scene();
    await world.read();
    const struck = ordered(world, { ...ctx(), faults: parseFaultPlan('storage.ReadMenu=delay:1') });
    expect(world.reads).toHaveLength(2);
    world.reads[1]?.resolve(undefined);
    expect(await struck).toEqual({ menu: undefined, cached: false });
    void ordered(world).catch(() => undefined);
    expect(world.reads).toHaveLength(3);
  });
});
