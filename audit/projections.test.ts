import { describe, expect, it } from '@jest/globals';
import { minuteOf, readProjections, untilCounted } from './projections.ts';
import type { inSnapshot, Snapshot } from './snapshot.ts';

const URL = 'postgres://analytics';

/** A database that is looked at once after another; gives which tables were held. */
function database(snapshotOf: (look: number) => Partial<Snapshot>) {
  const looks: unknown[] = [];
  const look = (async (url: string, work: (snapshot: Snapshot) => Promise<unknown>, held: readonly string[]) => {
    looks.push([url, held]);
    return work(snapshotOf(looks.length) as Snapshot);
  }) as typeof inSnapshot;
  return { look, looks };
}

describe('what analytics has counted', () => {
  const tables: Record<string, object[]> = {
    cafe_totals: [
      { cafeId: 'harbour', orders: 2, cents: 600 },
      { cafeId: 'station', orders: 1, cents: 300 },
    ],
    cafe_minutes: [{ cafeId: 'harbour', ms: 120_000, orders: 2, cents: 600 }],
    inbox: [{ eventId: 'e-1', sha256: 'aa' }],
  };
  const rowsOf = (sql: string): never =>
    tables[Object.keys(tables).find((name) => sql.endsWith(`FROM ${name}`)) ?? ''] as never;

  it('is read in one look, with the tables held together in the order in which a rebuild exchanges them', async () => {
    const { look, looks } = database(() => ({
      rows: async (sql) => rowsOf(sql),
      each: async (sql, visit) => (rowsOf(sql) as never[]).forEach((row) => visit(row)),
    }));
    expect(await readProjections(URL, look)).toEqual({
      inbox: new Map([['e-1', 'aa']]),
      totals: new Map([
        ['harbour', { orders: 2, cents: 600 }],
        ['station', { orders: 1, cents: 300 }],
      ]),
      minutes: new Map([['harbour 1970-01-01T00:02:00.000Z', { orders: 2, cents: 600 }]]),
    });
    expect(looks).toEqual([[URL, ['cafe_totals', 'inbox', 'cafe_minutes']]]);
  });

  it.each([
    [60_000, '1970-01-01T00:01:00.000Z'],
    [119_999, '1970-01-01T00:01:00.000Z'],
    [120_000, '1970-01-01T00:02:00.000Z'],
  ])('at %d ms is in the minute %s', (ms, minute) => {
    expect(minuteOf('harbour', ms)).toBe(`harbour ${minute}`);
  });
});

describe('waiting until events are counted', () => {
  /** Each look finds one event less missing, and says which it was asked for. */
  function counting(...missing: string[][]) {
    const asked: unknown[] = [];
    const { look, looks } = database((nth) => ({
      rows: async (sql, [ids] = []) => {
        expect(sql).toMatch(/^SELECT id FROM unnest\(\$1::uuid\[\]\)/);
        asked.push(ids);
        return (missing[nth - 1] ?? missing.at(-1) ?? []).map((id) => ({ id })) as never;
      },
    }));
    return { look, looks, asked };
  }

  it('ends when none is missing, and asks only for those that were', async () => {
    const { look, asked } = counting(['b', 'c'], ['c'], []);
    await untilCounted(URL, ['a', 'b', 'c'], Number.POSITIVE_INFINITY, look);
    expect(asked).toEqual([['a', 'b', 'c'], ['b', 'c'], ['c']]);
  });

  it('gives when those were seen that were not counted at first', async () => {
    const { look } = counting(['b', 'c'], ['c'], []);
    const startedAt = performance.now();
    const counted = await untilCounted(URL, ['a', 'b', 'c'], Number.POSITIVE_INFINITY, look);
    expect([...counted.keys()]).toEqual(['b', 'c']);
    const [b, c] = [...counted.values()] as [number, number];
    expect([startedAt < b, b < c, c <= performance.now()]).toEqual([true, true, true]);
  });

  it('ends at its time, after one look at least', async () => {
    const { look, asked } = counting(['a']);
    await untilCounted(URL, ['a'], 0, look);
    expect(asked).toEqual([['a']]);
  });
});
