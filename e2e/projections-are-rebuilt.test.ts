import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@seams/testkit';
import pg from 'pg';
import type { AuditReport } from '../audit/verdict.ts';
import { type Customer, call, customerWith, definite, login } from './client.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

const TEST_MS_MAX = 90_000;
/** Enough for some 13,000 orders: the stream below goes on for as long as three rebuilds and two audits take. */
const CENTS = 3_000_000;
const tools = path.join(import.meta.dirname, '../tools');

let system: System;
let customer: Customer;
let operator: string;
beforeAll(async () => {
  system = await startSystem();
  customer = await customerWith(system.url, CENTS);
  operator = await login(system.url, system.demoAccount('operator'));
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

async function placeOrder(headers: Record<string, string> = {}, cafeId = 'harbour'): Promise<void> {
  const body = { cafeId, items: [{ itemId: `${cafeId}-espresso`, quantity: 1 }] };
  const { status, text } = await definite(`${system.url}/v1/orders`, {
    token: customer.token,
    key: randomUUID(),
    body,
    headers,
  });
  if (status !== 201) throw new Error(`an order answered ${status} ${text}`);
}

/** One order after the other, at two cafés in turn, until it is told to end. */
function stream(): { end(): Promise<number> } {
  let going = true;
  const placed = (async () => {
    let orders = 0;
    for (; going; orders++) await placeOrder({}, orders % 2 ? 'harbour' : 'station');
    return orders;
  })();
  return {
    end: () => {
      going = false;
      return placed;
    },
  };
}

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const argumentsOf = (tool: string, args: readonly string[]): string[] => [
  '--disable-warning=TimeoutNegativeWarning',
  path.join(tools, tool),
  '--data',
  system.dataDir,
  ...args,
];

function run(tool: string, ...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, argumentsOf(tool, args), { maxBuffer: 10_000_000 }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

const rebuild = (...args: string[]): Promise<Ended> => run('analytics-rebuild.ts', ...args);

/** The numbers of the checks that found something, and what they named. */
async function audit(): Promise<{ failed: number[]; ids: string[] }> {
  const { out, err } = await run('audit.ts', '--json');
  if (out === '') throw new Error(err);
  const checks = (JSON.parse(out) as AuditReport).checks.filter(({ verdict }) => verdict !== 'clean');
  const questions = checks.flatMap((check) => check.questions);
  return {
    failed: checks.map(({ number }) => number),
    ids: questions.flatMap(({ breaches }) => breaches.map(({ id }) => id)),
  };
}

type Numbers = { cafeId: string; orders: string; cents: string }[];

/** By café: what the orders say, and what analytics says. */
const truth = (): Promise<Numbers> =>
  system.sql(
    'storage',
    `SELECT cafe_id AS "cafeId", count(*) AS orders, sum(total_cents) AS cents FROM orders GROUP BY 1 ORDER BY 1`,
  );
const told = (): Promise<Numbers> =>
  system.sql('analytics', `SELECT cafe_id AS "cafeId", orders, revenue_cents AS cents FROM cafe_totals ORDER BY 1`);
const toldByMinute = (): Promise<Numbers> =>
  system.sql(
    'analytics',
    `SELECT cafe_id AS "cafeId", sum(orders) AS orders, sum(revenue_cents) AS cents FROM cafe_minutes GROUP BY 1 ORDER BY 1`,
  );

const untilTrue = (): Promise<void> => eventually(async () => expect(await told()).toEqual(await truth()), 30_000);

describe('the projections', () => {
  it(
    'are rebuilt again and again while orders come in, with an audit beside it: equal numbers, and nothing red',
    async () => {
      const orders = stream();
      await eventually(async () => expect((await told()).length).toBe(2), 30_000);
      const audits = (async () => [await audit(), await audit()])();
      const rebuilds = [await rebuild(), await rebuild(), await rebuild()];
      const audited = await audits;
      expect(await orders.end()).toBeGreaterThan(10);
      for (const { code, out, err } of rebuilds) {
        expect([code, out.trimEnd().split('\n').at(-1)]).toEqual([0, 'the numbers were right']);
        expect(err).toMatch(/^ {2}reading about \d+ events from offset 0/);
      }
      expect(audited.map(({ failed }) => failed)).toEqual([[], []]);
      await untilTrue();
      expect(await toldByMinute()).toEqual(await truth());
      expect(await audit()).toEqual({ failed: [], ids: [] });
    },
    TEST_MS_MAX,
  );

  it(
    'are mended when a total was changed, and the rebuild says which',
    async () => {
      await system.sql(
        'analytics',
        `UPDATE cafe_totals SET orders = orders + 3, revenue_cents = revenue_cents + 660 WHERE cafe_id = 'harbour'`,
      );
      const report = () => call(`${system.url}/v1/analytics/cafes/harbour`, { token: operator });
      const wrong = await eventually(async () => {
        const { status, json } = await report();
        expect(status).toBe(200);
        return json.ordersTotal;
      });
      const { code, out } = await rebuild();
      expect([code, out]).toEqual([0, expect.stringContaining('these numbers were wrong before:\n  harbour: ')]);
      expect(await told()).toEqual(await truth());
      // While analytics is late its last report stands in.
      await eventually(async () => expect((await report()).json.ordersTotal).toBe(wrong - 3));
    },
    TEST_MS_MAX,
  );

  it(
    'are too high where events came twice without dedupe: the audit names the café, and a rebuild mends it',
    async () => {
      const twice = { 'seams-fault': 'analytics.OrderPlaced=duplicate' };
      await placeOrder(twice, 'market');
      await placeOrder({ ...twice, 'seams-without': 'dedupe' }, 'museum');
      const wrong = (await truth()).map((one) =>
        one.cafeId === 'museum' ? { ...one, orders: '2', cents: String(2 * Number(one.cents)) } : one,
      );
      await eventually(async () => expect(await told()).toEqual(wrong), 30_000);

      const { failed, ids } = await audit();
      expect([failed, ids]).toEqual([[8], ['museum', expect.stringMatching(/^museum 20/)]]);
      const { out } = await rebuild();
      expect(out).toMatch(/these numbers were wrong before:\n {2}museum: 2 orders, .*; now 1 orders, /);
      expect(await audit()).toEqual({ failed: [], ids: [] });
    },
    TEST_MS_MAX,
  );

  it(
    'hold an order once whose event ended the process that counted it, and those behind it too',
    async () => {
      const pidOf = async () => (await system.status()).processes.find(({ name }) => name === 'analytics-1')?.pid;
      const before = await pidOf();
      await placeOrder({ 'seams-fault': 'analytics.OrderPlaced=crash' }, 'garden');
      await eventually(async () => expect([before, null, undefined]).not.toContain(await pidOf()), 60_000);
      for (let n = 0; n < 12; n++) await placeOrder({}, 'garden');
      await untilTrue();
    },
    TEST_MS_MAX,
  );
});

describe('a rebuild', () => {
  /** A reader who keeps the tables from being exchanged until it ends. */
  async function reader(): Promise<{ end(): Promise<void> }> {
    const client = new pg.Client({ connectionString: system.postgresUrl('analytics') });
    await client.connect();
    await client.query('BEGIN; LOCK TABLE cafe_minutes IN ACCESS SHARE MODE');
    return { end: () => client.end() };
  }

  it(
    'that is killed half-way has changed nothing; beside one that is at work a second is refused; the next one ends',
    async () => {
      const reading = await reader();
      const first: ChildProcess = spawn(process.execPath, argumentsOf('analytics-rebuild.ts', []), {
        detached: true,
        stdio: 'ignore',
      });
      const ended = new Promise((resolve) => first.once('exit', resolve));
      const events = 'SELECT count(*)::int AS n FROM';
      await eventually(async () => {
        const [here] = await system.sql('analytics', `${events} rebuilt.inbox`);
        expect(here).toEqual((await system.sql('analytics', `${events} public.inbox`))[0]);
      }, 30_000);
      expect(await rebuild()).toEqual({
        code: 1,
        out: '',
        err: 'analytics: not rebuilt: another rebuild is at work: wait for its end\n',
      });
      await placeOrder(); // counting goes on beside one that finds no moment for the exchange
      await untilTrue();
      process.kill(-Number(first.pid), 'SIGKILL');
      await ended;
      await reading.end();

      expect(await told()).toEqual(await truth());
      const next = await eventually(async () => {
        const one = await rebuild(); // Postgres notices the end of the killed one's connection in a moment
        expect(one.code).toBe(0);
        return one;
      });
      expect(next.out).toContain('the numbers were right');
      expect(await system.sql('analytics', `SELECT FROM pg_namespace WHERE nspname = 'rebuilt'`)).toEqual([]);
    },
    TEST_MS_MAX,
  );

  it.each<[string, string[]]>([
    ['an unknown option', ['--loud']],
    ['a folder where nothing runs', ['--data', '/nowhere']],
  ])('with %s: one line, exit code 1', async (_, args) => {
    const { code, out, err } = await rebuild(...args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^seams: [^\n]+\n$/);
  });
});
