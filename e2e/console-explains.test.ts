/** What explains, in a real browser and in a terminal, against the running system: log lines, stores, and the price. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '@seams/testkit';
import type { Browser, Page } from 'playwright-core';
import { resultOf } from '../bench/ladder.ts';
import type { Turn } from '../bench/measure-shapes.ts';
import type { RungName } from '../bench/rungs.ts';
import { browserPath, openBrowser } from '../tools/chromium.ts';
import { expectUsable, logIn, NARROW, openAt, openPage, WIDE } from './browser.ts';
import { customerWith } from './client.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

const TRACED_MS_MAX = 30_000;
jest.setTimeout(90_000);

const folder = mkdtempSync(path.join(tmpdir(), 'seams-explains-'));
const priceFile = path.join(folder, 'latest.json');
let system: System;
let browser: Browser | undefined;
/** Of an order whose client was told that nobody knows, while a turn of the relay failed as well. */
let lostTrace = '';

beforeAll(async () => {
  process.env.SEAMS_PRICE_FILE = priceFile;
  [system, browser] = await Promise.all([startSystem(), browserPath ? openBrowser() : undefined]);
  const { token } = await customerWith(system.url, 5_000);
  const response = await fetch(`${system.url}/v1/orders`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
      'seams-fault':
        'business-logic.PlaceOrder=drop-reply;relay.Publish=error:unavailable;analytics.OrderPlaced=drop-reply',
    },
    body: JSON.stringify({ cafeId: 'harbour', items: [{ itemId: 'harbour-espresso', quantity: 1 }] }),
  });
  expect([response.status, await response.json()]).toMatchObject([504, { reason: 'reply_lost' }]);
  lostTrace = response.headers.get('trace-id') ?? '';
}, HOOK_MS_MAX);
afterAll(async () => {
  await browser?.close();
  await system?.stop();
  rmSync(folder, { recursive: true });
}, HOOK_MS_MAX);

const tool = (name: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, [
    '--disable-warning=TimeoutNegativeWarning',
    path.join(import.meta.dirname, `../tools/${name}.ts`),
    ...[...args, '--data', system.dataDir],
  ]);

describe('in a terminal', () => {
  it('npm run find has all that is known of a failed order, from one id, and the same from the id of the order', async () => {
    // It waits for the span of who counted the event; the others' spans may come later, and stand in the second tree alone.
    await eventually(async () => {
      const { stdout } = await tool('find', lostTrace);
      for (const said of [
        /warn {3}gateway-\d +failed: .*reply_lost/,
        /info {3}auth-1 +answered/,
        /info {3}business-logic-\d +answered/,
        /warn {3}storage-\d +not known to be on Kafka; it is sent again: .*injected_fault/,
        /warn {3}analytics-1 +a message is tried again: .*reply_lost/,
        /info {3}analytics-1 +taken: .*seen_before/,
        /logs: \d+ lines of 5 services$/m,
        /Kafka {3}seams\.orders\.v1, partition \d, offset \d+/,
        /ledger {2}wallet -\d+, cafe \d+; sum 0/,
      ])
        expect(stdout).toMatch(said);
      const orderId = /^order (\S+)$/m.exec(stdout)?.[1] ?? '';
      expect((await tool('find', orderId)).stdout).toBe(stdout);
    }, TRACED_MS_MAX);
  });

  it('npm run find says in one line that nobody knows an id', async () => {
    await expect(tool('find', randomUUID())).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^seams: no order .* trace-id of its answer\n$/),
    });
  });

  it('npm run watch has every process, once', async () => {
    const { processes } = await system.status();
    const drawn = processes.filter(({ name }) => !['runner', 'watcher', 'lab-runner'].includes(name));
    // Who answers nobody for 0.7 s is drawn as silent.
    await eventually(async () => {
      const { stdout } = await tool('watch', '--once');
      for (const { name } of drawn) expect(stdout.match(new RegExp(`● ${name}(?= |$)`, 'gm'))).toHaveLength(1);
      expect(stdout).toMatch(/outbox {2}storage-\d leads the relay in term \d+; \d+ events wait for Kafka/);
    });
  });

  it('npm run watch says in one line that nothing runs', async () => {
    const script = path.join(import.meta.dirname, '../tools/watch.ts');
    await expect(promisify(execFile)(process.execPath, [script, '--data', folder])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^seams: nothing runs on .*\n$/),
    });
  });
});

const suite = browserPath ? describe : describe.skip;

suite('the console, in Chromium (skipped where there is none: set SEAMS_CHROMIUM)', () => {
  const opened = async (name: string, dark = false): Promise<{ page: Page; complaints: string[] }> => {
    const look = dark ? ({ viewport: NARROW, colorScheme: 'dark' } as const) : ({ viewport: WIDE } as const);
    const { page, complaints } = await openPage(browser as Browser, look);
    await page.goto(`${system.url}/#/${name}`);
    await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
    return { page, complaints };
  };

  it.each([
    ['wide and light', false],
    ['on a telephone in the dark', true],
  ])('shows what each process wrote at the span that it wrote it in: %s', async (_, dark) => {
    const { page, complaints } = await opened(`traces?id=${lostTrace}`, dark);
    await logIn(page, system.demoAccount('operator'));
    const line = (process: string) => page.locator('tr.line', { hasText: process });
    // Each stands below the span of its own process: the row above that is no line.
    const above = line('auth-1').first().locator('xpath=preceding-sibling::tr[not(contains(@class, "line"))][1]');
    // Processes send their spans after a while, each by its own clock; a line whose span is not there yet stands at the end.
    await eventually(async () => {
      await page.getByRole('button', { name: 'Find', exact: true }).click();
      await page.getByRole('cell', { name: 'postgres count_order' }).first().waitFor({ timeout: 1_000 });
      await page.getByText(/^\d+ log lines of \d+ processes\.$/).waitFor({ timeout: 1_000 });
      expect(await above.textContent({ timeout: 1_000 })).toContain('auth-1');
    }, TRACED_MS_MAX);
    expect(await line('gateway').first().textContent()).toMatch(/warn gateway-\d: failed .*reason reply_lost/);
    for (const process of ['auth-1', 'business-logic', 'storage', 'analytics-1'])
      expect(await line(process).count()).toBeGreaterThan(0);
    await expectUsable(page);
    expect(complaints).toEqual([]);
  });

  it('shows an operator beside the customer what each store holds of an order, and what else the customer asked for', async () => {
    const { page, complaints } = await opened('counter');
    await logIn(page, system.demoAccount('customer'), 'a customer');
    await page.getByRole('button', { name: 'Top up €5.00' }).click();
    await page.getByRole('article', { name: 'POST /v1/wallet/top-ups' }).getByText('201', { exact: true }).waitFor();
    await page.getByLabel('How many Espresso').fill('1');
    await page.getByRole('button', { name: /^Order for/ }).click();
    const ordered = page.getByRole('article', { name: 'POST /v1/orders', exact: true }).first();
    await ordered.getByText('An operator sees here what each store holds of it').waitFor();

    await openAt(page, system.url, 'floor');
    await logIn(page, system.demoAccount('operator'), 'an operator');
    await page.evaluate("window.location.hash = '#/counter'");
    const row = (store: string) => ordered.locator(`tr[data-store="${store}"] td`);
    await row('inbox')
      .getByText(/^counted at /)
      .waitFor();
    await row('record')
      .getByText(/^seams\.orders\.v1, partition \d, offset \d+, key /)
      .waitFor({ timeout: TRACED_MS_MAX });
    expect(await row('order').textContent()).toMatch(/^status placed, version 1, \d+ cents/);
    expect(await row('stock').textContent()).toMatch(/^\w+-espresso -1, \d+ left$/);
    expect(await row('ledger').textContent()).toMatch(/^wallet -\d+, cafe \d+; sum 0$/);
    expect(await row('outbox').textContent()).toMatch(/published \d+ ms after it was written$/);
    const orderId =
      (await ordered.getByRole('group', { name: /^Order / }).getAttribute('aria-label'))?.split(' ')[1] ?? '';
    expect(await row('record').textContent()).toContain(`key ${orderId}`);
    await expectUsable(page);
    await page.setViewportSize(NARROW);
    await expectUsable(page);

    await page.getByRole('link', { name: 'Your last requests' }).click();
    const asked = page.getByRole('row', { name: /POST \/v1\/orders 201/ }).first();
    await eventually(async () => {
      await page.getByRole('button', { name: 'Find', exact: true }).click();
      await asked.waitFor({ timeout: 1_000 });
    }, TRACED_MS_MAX);
    await expectUsable(page);
    await asked.getByRole('link').click();
    await page.getByRole('region', { name: 'Waterfall' }).getByText('POST /v1/orders').first().waitFor();
    expect(complaints).toEqual([]);
  });

  it('says how to measure the price while nobody has', async () => {
    const { page, complaints } = await opened('price');
    await page.getByRole('paragraph').filter({ hasText: 'Nobody measured it here yet' }).waitFor();
    expect(await page.locator('.command').textContent()).toContain('npm run bench');
    await expectUsable(page);
    expect(complaints).toEqual([]);
  });

  it.each([
    ['wide and light', false],
    ['on a telephone in the dark', true],
  ])('shows the last result of the benchmark as plots, each with its table: %s', async (_, dark) => {
    writeFileSync(priceFile, JSON.stringify(resultOf(TURNS, { rounds: 2 }, { cores: 2 })));
    const { page, complaints } = await opened('price', dark);
    const ratio = page.getByRole('listitem').filter({ hasText: 'orders/s, five ÷ single' });
    expect(await ratio.textContent()).toBe('0.45orders/s, five ÷ single0.4 … 0.5');
    const plots = page.locator('figure.plot');
    expect(await plots.count()).toBe(8);
    for (const plot of await plots.all()) {
      expect(await plot.getByRole('img').count()).toBe(1);
      expect(await plot.getByRole('row').count()).toBe(3);
    }
    const rates = plots.filter({ hasText: 'Orders a second' });
    expect(await rates.getByRole('row', { name: /^five/ }).textContent()).toBe('five4540 … 50');
    expect(await page.getByRole('row', { name: /client → gateway/ }).textContent()).toContain('15 + 20');
    await page.getByText('Others were on this machine').waitFor();
    await expectUsable(page);
    expect(complaints).toEqual([]);
  });
});

const turn = (rung: RungName, round: number, ordersPerS: number): Turn => ({
  ...{ shape: rung === 'single' ? 'single' : 'five', rung, round, readyS: 8, warmedS: 6, settled: true, ordersPerS },
  ...{ p50Ms: 1, p99Ms: 2, p999Ms: 3, sequentialP50Ms: 4, nodeRssMb: 100, cpuMsPerOrder: {}, nodeCpuMsPerOrder: 5 },
  ...{ rssMb: {}, bytesPerOrder: { 'client → gateway': { sent: 10 * round, received: 20 } }, done: 1, notDone: {} },
  ...{ clientCores: 0, loadBefore: 9, verdict: '', clean: true },
});
/** As the benchmark counts its turns: what the page reads is what it writes. */
const TURNS = [turn('single', 1, 100), turn('five', 1, 40), turn('single', 2, 100), turn('five', 2, 50)];
