/** The auditor is trusted only while it catches what is planted: each breach below is named by its check, with its id. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@seams/testkit';
import { Kafka, logLevel, type Message } from 'kafkajs';
import type { AuditReport } from '../audit/verdict.ts';
import { customerWith, definite } from './client.ts';
import { FAKE, orderAgainUnderAnotherKey, type Placed, type Plant, plants, scene } from './planted-breaches.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

const TOPIC = 'seams.orders.v1';
let system: System;
const orders: Placed[] = [];
let journalFile: string;

const checkout = path.resolve(import.meta.dirname, '..');
const journal = (line: object): void => appendFileSync(journalFile, `${JSON.stringify(line)}\n`);
const sql = (text: string, database = 'storage') => system.sql(database, text);

interface Ended {
  readonly code: number;
  readonly report: AuditReport;
  readonly stderr: string;
}

const AUDIT_MS_MAX = 30_000;

function audit(...args: string[]): Promise<Ended> {
  const line = ['--disable-warning=TimeoutNegativeWarning', 'tools/audit.ts', '--json', '--wait', '1'];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...line, '--data', system.dataDir, ...args],
      { cwd: checkout, timeout: AUDIT_MS_MAX, maxBuffer: 10_000_000 },
      (error, stdout, stderr) => {
        const report = (stdout === '' ? {} : JSON.parse(stdout)) as AuditReport;
        resolve({ code: error === null ? 0 : Number(error.code), report, stderr });
      },
    );
  });
}

/** The numbers of the checks that found something. */
const failed = ({ report }: Ended): number[] =>
  report.checks.filter((each) => each.verdict !== 'clean').map((each) => each.number);

const idsOf = ({ report }: Ended, check: number): string[] =>
  (report.checks[check - 1]?.questions ?? []).flatMap(({ breaches }) => breaches.map(({ id }) => id));

async function order(quantity: number, itemId = 'harbour-espresso'): Promise<number> {
  const [key, nonce] = [randomUUID(), randomUUID()];
  const request = { cafeId: itemId.split('-')[0], items: [{ itemId, quantity }], clientNonce: nonce };
  const { status, text, json } = await definite(`${system.url}/v1/orders`, {
    token: scene.customer.token,
    key,
    body: request,
  });
  const line = {
    at: Date.now(),
    op: 'order',
    customerId: scene.customer.customerId,
    key,
    clientNonce: nonce,
    request,
    status,
  };
  journal(
    status === 201 ? { ...line, outcome: 'ok', body: text, orderId: json.orderId } : { ...line, outcome: 'refused' },
  );
  if (status === 201) orders.push({ orderId: json.orderId, eventId: '', key, nonce, body: text });
  return status;
}

async function send(message: Message): Promise<void> {
  const producer = new Kafka({
    clientId: 'seams-e2e',
    brokers: [...system.brokers],
    logLevel: logLevel.NOTHING,
  }).producer();
  await producer.connect();
  await producer.send({ topic: TOPIC, acks: -1, messages: [message] });
  await producer.disconnect();
}

beforeAll(async () => {
  system = await startSystem();
  journalFile = path.join(system.dataDir, 'journal.jsonl');
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

describe('an audit', () => {
  it(
    'of a system without orders has nothing to look at, and that is no pass',
    async () => {
      const ended = await audit();
      expect(ended.code).toBe(1);
      expect(ended.report.verdict).toMatch(/^audit: nothing to look at for 1 no lost order/);
    },
    AUDIT_MS_MAX,
  );

  it(
    'of thirty orders, some refused, is clean, and held against the journal too',
    async () => {
      scene.customer = await customerWith(system.url, 50_000);
      const cafes = ['harbour', 'station', 'market'];
      const statuses: number[] = [];
      for (let n = 0; n < 30; n++) {
        statuses.push(await order(1 + (n % 3), n % 6 === 5 ? 'moon-cheese' : `${cafes[n % 3]}-espresso`));
      }
      expect(statuses.filter((status) => status === 201)).toHaveLength(25);
      expect(await order(20, 'museum-sachertorte')).toBe(201);
      const ended = await eventually(async () => {
        const one = await audit('--journal', journalFile);
        expect(failed(one)).toEqual([]);
        return one;
      }, AUDIT_MS_MAX);
      expect(ended.code).toBe(0);
      expect(ended.report.verdict).toMatch(/^audit: clean, \d+ things looked at by 8 checks$/);
      const inJournal = ended.report.checks[0]?.questions.find(({ looksAt }) => looksAt.includes('journal'));
      expect(inJournal?.lookedAt).toBe(26);
      expect(ended.stderr).toMatch(/^auditing the system of .*: was anything lost\?/);

      const rows = await system.sql<{ orderId: string; eventId: string }>(
        'storage',
        'SELECT message_key AS "orderId", event_id AS "eventId" FROM outbox',
      );
      const eventOf = new Map(rows.map(({ orderId, eventId }) => [orderId, eventId]));
      [scene.a, scene.b] = orders.map((one) => ({ ...one, eventId: eventOf.get(one.orderId) ?? '' })) as [
        Placed,
        Placed,
      ];
    },
    2 * AUDIT_MS_MAX,
  );
});

describe('a planted breach is named by its check and with its id:', () => {
  it.each(plants)(
    '%s',
    // a rest, for jest takes a fourth parameter that its row lacks for a callback to wait for
    async (...[, statements, named, database]: Plant) => {
      const [plant, undo] = statements();
      const asOnlooker = (text: string) => sql(`SET session_replication_role = replica; ${text}`, database);
      await asOnlooker(plant);
      const ended = await audit().finally(() => asOnlooker(undo));
      expect(failed(ended)).toEqual(Object.keys(named()).map(Number));
      expect(ended.code).toBe(1);
      for (const [check, id] of Object.entries(named())) {
        if (id !== undefined) expect(idsOf(ended, Number(check))).toContain(id);
      }
    },
    AUDIT_MS_MAX,
  );

  it(
    'none is left',
    async () => {
      expect(failed(await audit('--journal', journalFile))).toEqual([]);
    },
    AUDIT_MS_MAX,
  );
});

describe("a client's journal", () => {
  it(
    'shows one intent that became two orders, although each has a key of its own',
    async () => {
      const [plant, undo] = orderAgainUnderAnotherKey();
      const asOnlooker = (text: string) => sql(`SET session_replication_role = replica; ${text}`);
      await asOnlooker(plant);
      const ended = await audit('--journal', journalFile).finally(() => asOnlooker(undo));
      expect(idsOf(ended, 2)).toContain(scene.a.nonce);
    },
    AUDIT_MS_MAX,
  );

  const line = () => ({
    at: 1,
    op: 'order',
    customerId: scene.customer.customerId,
    request: { cafeId: 'harbour', items: [] },
  });

  it(
    'names an order that was acknowledged and is not there',
    async () => {
      journal({ ...line(), key: 'k', outcome: 'ok', body: JSON.stringify({ orderId: FAKE }) });
      const ended = await audit('--journal', journalFile);
      expect([failed(ended), idsOf(ended, 1)]).toEqual([[1], [FAKE]]);
    },
    AUDIT_MS_MAX,
  );

  it(
    'names an order that was refused and is there, but leaves an unknown alone',
    async () => {
      journalFile += '.2';
      journal({ ...line(), key: scene.a.key, outcome: 'refused' });
      journal({ ...line(), key: scene.b.key, outcome: 'unknown' });
      const ended = await audit('--journal', journalFile);
      expect([failed(ended), idsOf(ended, 3)]).toEqual([[3], [scene.a.orderId]]);
    },
    AUDIT_MS_MAX,
  );

  it(
    'with a line that is none is refused with the number of the line',
    async () => {
      journal({ op: 'order' });
      const ended = await audit('--journal', journalFile);
      expect(ended.code).toBe(1);
      expect(ended.stderr).toContain('line 3: no customerId');
    },
    AUDIT_MS_MAX,
  );
});

describe("Kafka's log", () => {
  const recordOf = async (eventId: string) =>
    (await system.readTopic(TOPIC)).find(({ headers }) => headers['event-id'] === eventId);

  it(
    'may hold an event twice',
    async () => {
      const { key, value, headers } = (await recordOf(scene.a.eventId)) ?? {
        key: '',
        value: Buffer.alloc(0),
        headers: {},
      };
      await send({ key, value, headers: { ...headers } });
      const ended = await audit();
      expect(failed(ended)).toEqual([]);
      expect(ended.report.checks[6]?.questions.map(({ note }) => note)).toContain('1 delivered again');
    },
    AUDIT_MS_MAX,
  );

  it(
    'may hold no event that was never written',
    async () => {
      await send({
        key: scene.a.orderId,
        value: 'anything',
        headers: { 'event-id': FAKE, 'event-type': 'seams.events.v1.OrderPlaced' },
      });
      const ended = await audit();
      expect([failed(ended), idsOf(ended, 7)]).toEqual([[7], [FAKE]]);
    },
    AUDIT_MS_MAX,
  );
});
