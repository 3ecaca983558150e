/** GET /v1/audit: for operators, true at the moment of the question, by a process that can only read and leaves nothing. */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@seams/testkit';
import pg from 'pg';
import type { AuditReport } from '../audit/verdict.ts';
import { auditorRole } from '../tools/infrastructure/postgres-roles.ts';
import { runningSystem } from '../tools/system/running.ts';
import { type Customer, call, customerWith, definite, login, type Reply } from './client.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

const AUDIT_MS_MAX = 60_000;
const NAMES = [
  'no lost order',
  'no doubled order',
  'refused leaves nothing',
  'replays are stable',
  'stock is conserved',
  'the ledger balances',
  'the outbox is complete',
  'analytics is the truth',
];

let system: System;
let customer: Customer;
let operator: string;

const audit = (token: string | undefined, query = ''): Promise<Reply> =>
  call(`${system.url}/v1/audit${query}`, { token });
const reportOf = ({ text }: Reply): AuditReport => JSON.parse(text) as AuditReport;

async function order(itemId: string): Promise<Reply> {
  const body = { cafeId: 'harbour', items: [{ itemId, quantity: 1 }], clientNonce: randomUUID() };
  return definite(`${system.url}/v1/orders`, { token: customer.token, key: randomUUID(), body });
}

async function pidOf(name: string): Promise<number> {
  const { processes } = await system.status();
  return processes.find((one) => one.name === name)?.pid ?? 0;
}

/** The processes of the audits that are under way. */
const auditsOf = (auditor: number): string[] =>
  readFileSync(`/proc/${auditor}/task/${auditor}/children`, 'utf8').split(' ').filter(Boolean);

const ESTABLISHED = '01';

/** How many questions the gateways have at the auditor; each has a connection of its own. */
async function questionsAsked(): Promise<number> {
  const { processes } = await system.status();
  const port = processes.find(({ name }) => name === 'auditor')?.ports[0] ?? 0;
  const auditor = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const asking = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , remote = '', state]) => remote.endsWith(auditor) && state === ESTABLISHED)
    .map((fields) => `socket:[${fields[9]}]`);
  // The watcher asks the auditor too, how it is.
  const gateways = processes.filter(({ name }) => name.startsWith('gateway-') || name === 'single');
  const open = gateways.flatMap(({ pid }) =>
    readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`)),
  );
  return asking.filter((socket) => open.includes(socket)).length;
}

/** Whoever reads orders waits for as long as `work` takes: an audit stays in the middle. */
async function withOrdersLocked(work: () => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: system.postgresUrl('storage') });
  await client.connect();
  try {
    await client.query('BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE');
    await work();
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  system = await startSystem();
  customer = await customerWith(system.url, 10_000);
  operator = await login(system.url, system.demoAccount('operator'));
  expect((await order('moon-cheese')).status).not.toBe(201);
  for (let n = 0; n < 5; n++) expect((await order('harbour-espresso')).status).toBe(201);
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

describe('GET /v1/audit', () => {
  it('is for operators', async () => {
    const staff = await login(system.url, system.demoAccount('staff'));
    for (const token of [customer.token, staff]) {
      expect(await audit(token)).toMatchObject({ status: 403, json: { reason: 'operators_only' } });
    }
    expect(await audit(undefined)).toMatchObject({ status: 401 });
    expect(await audit(operator, '?wait=31')).toMatchObject({ status: 400, json: { reason: 'invalid_query' } });
  });

  it(
    'answers clean, by eight checks that each had something to look at',
    async () => {
      const askedAt = Date.now();
      const reply = await audit(operator);
      const report = reportOf(reply);
      expect(reply.status).toBe(200);
      expect(report).toMatchObject({ clean: true, breaches: 0 });
      expect(report.checks.map(({ name }) => name)).toEqual(NAMES);
      for (const { lookedAt } of report.checks) expect(lookedAt).toBeGreaterThan(0);
      expect(Date.parse(report.at)).toBeGreaterThanOrEqual(askedAt);
    },
    AUDIT_MS_MAX,
  );

  it(
    'names the check that a breach breaks, and answers 200 all the same',
    async () => {
      const espresso = (cups: string) =>
        system.sql(
          'storage',
          `UPDATE menu_items SET stock_units = stock_units ${cups} WHERE item_id = 'harbour-espresso'`,
        );
      await espresso('+ 1');
      const reply = await audit(operator, '?wait=1').finally(() => espresso('- 1'));
      const report = reportOf(reply);
      expect(reply.status).toBe(200);
      expect(report.clean).toBe(false);
      expect(report.checks.filter(({ verdict }) => verdict === 'breach').map(({ name }) => name)).toEqual([
        'stock is conserved',
      ]);
    },
    AUDIT_MS_MAX,
  );

  it(
    'answers all who ask at once, with audits that began after each question',
    async () => {
      const askedAt = Date.now();
      let asking: Promise<Reply[]> = Promise.resolve([]);
      // The first audit stays in the middle until all have asked: whoever came after its end would not share the second.
      await withOrdersLocked(async () => {
        asking = Promise.all([1, 2, 3, 4].map(() => audit(operator)));
        await eventually(async () => expect(await questionsAsked()).toBe(4), AUDIT_MS_MAX);
      });
      const reports = (await asking).map(reportOf);
      expect(reports).toHaveLength(4);
      for (const { clean, at } of reports) {
        expect(clean).toBe(true);
        expect(Date.parse(at)).toBeGreaterThanOrEqual(askedAt);
      }
      expect(new Set(reports.map(({ at }) => at)).size).toBe(2);
      expect(auditsOf(await pidOf('auditor'))).toEqual([]);
    },
    2 * AUDIT_MS_MAX,
  );

  it(
    'is ended when its asker goes, in Postgres too',
    async () => {
      const auditor = await pidOf('auditor');
      const reading = () => system.sql('storage', 'SELECT pid FROM pg_stat_activity WHERE usename = $1', [auditorRole]);
      await withOrdersLocked(async () => {
        const client = new AbortController();
        const headers = { authorization: `Bearer ${operator}` };
        const asking = fetch(`${system.url}/v1/audit`, { headers, signal: client.signal });
        await eventually(async () => expect(await reading()).toHaveLength(1), AUDIT_MS_MAX);
        expect(auditsOf(auditor)).toHaveLength(1);
        client.abort();
        await expect(asking).rejects.toThrow();
        await eventually(async () => expect(await reading()).toEqual([]));
        await eventually(() => expect(auditsOf(auditor)).toEqual([]));
      });
    },
    2 * AUDIT_MS_MAX,
  );

  it(
    'answers 503 with the reason when it could not be done, and goes on',
    async () => {
      await system.sql('storage', `ALTER ROLE ${auditorRole} NOLOGIN`);
      const refused = await audit(operator).finally(() => system.sql('storage', `ALTER ROLE ${auditorRole} LOGIN`));
      expect(refused).toMatchObject({ status: 503, json: { reason: 'audit_not_done' } });
      expect(refused.text).toContain('not permitted to log in');
      expect(refused.headers.get('retry-after')).toBe('1');
      expect(reportOf(await audit(operator)).clean).toBe(true);
    },
    2 * AUDIT_MS_MAX,
  );
});

describe("the audit's role in Postgres", () => {
  async function refusal(database: string, ...statements: string[]): Promise<string> {
    const running = await runningSystem(system.dataDir);
    const client = new pg.Client({ connectionString: running.postgresUrl(auditorRole, database) });
    try {
      await client.connect();
      for (const statement of statements) await client.query(statement);
      return 'nothing was refused';
    } catch (error) {
      return (error as Error).message;
    } finally {
      await client.end();
    }
  }

  it.each([
    ['storage', 'orders'],
    ['analytics', 'inbox'],
  ])('reads %s and writes nothing', async (database, table) => {
    const write = `DELETE FROM ${table}`;
    expect(await refusal(database, `SELECT FROM ${table} LIMIT 1`, write)).toMatch(/in a read-only transaction/);
    const asItLikes = 'SET default_transaction_read_only = off';
    expect(await refusal(database, asItLikes, write)).toMatch(/^permission denied for table/);
    expect(await refusal(database, asItLikes, 'CREATE TABLE mine (id int)')).toMatch(/^permission denied for schema/);
  });

  it('sees nothing of what auth keeps', async () => {
    expect(await refusal('auth')).toMatch(/^permission denied for database/);
  });

  it('is what the auditor has, and not on a command line', async () => {
    const line = readFileSync(`/proc/${await pidOf('auditor')}/cmdline`, 'utf8');
    expect(line).toContain(path.join('auditor', 'main.ts'));
    expect(line).not.toMatch(/postgres:|@/);
  });
});
