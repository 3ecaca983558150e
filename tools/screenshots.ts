/**
 * `npm run screenshots`: what docs/console.md shows, taken in a real Chromium from the running system while orders go on,
 * light and dark.
 *
 *   npm run screenshots -- [--only pages,break,labs] [--data DIR]
 */
import './system/program.ts';

import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { rawOrder, wallet } from '../labs/client.ts';
import { takenIn } from '../labs/spans.ts';
import { tracesOf } from '../labs/traces.ts';
import { COUNTED_MS_MAX } from '../labs/verdict.ts';
import { runLoad } from '../load/load.ts';
import { openBrowser } from './chromium.ts';
import type { Trace } from './order/trace.ts';
import { auditedSystem } from './system/audited.ts';
import { freeze, heal } from './system/faults.ts';
import type { DemoAccount } from './system/installation.ts';
import { type Running, runningSystem } from './system/running.ts';
import { dataDirOf } from './system/user-paths.ts';

const into = path.resolve(import.meta.dirname, '../docs/console');
const BYTES_MAX = 200_000;
const LOAD = { seed: 7, rate: 8, seconds: 90, customers: 10, audit: false, replaysMax: 0 } as const;
const WIDE = { width: 1_280, height: 860 };
const NARROW = { width: 390, height: 844 };

const { values } = parseArgs({ options: { data: { type: 'string' }, only: { type: 'string' } } });
/** "break", "labs", "logs" and "price" by their names, everything else as "pages". */
const wants = (what: 'pages' | 'break' | 'labs' | 'logs' | 'price'): boolean =>
  values.only?.split(',').includes(what) ?? true;

function operatorOf({ demoAccounts }: Running): DemoAccount {
  const found = demoAccounts.find(({ roles }) => roles.includes('operator'));
  if (!found) throw new Error('there is no demo account of an operator');
  return found;
}

async function take(page: Page, name: string): Promise<void> {
  const file = path.join(into, `${name}.png`);
  await page.screenshot({ path: file });
  const { size } = statSync(file);
  console.log(`${path.relative(process.cwd(), file)}  ${Math.round(size / 1_000)} kB`);
  if (size > BYTES_MAX) throw new Error(`${name}.png is larger than ${BYTES_MAX / 1_000} kB`);
}

async function logIn(
  page: Page,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByText('Logged in as').waitFor();
}

/** Orders, and sends the same again. */
async function counter(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByRole('button', { name: 'I am new here' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Ada');
  await page.getByLabel('Email').fill(`ada-${randomUUID().slice(0, 4)}@example.com`);
  await page.getByLabel('Password').fill(randomUUID());
  await page.getByRole('button', { name: 'Register' }).click();
  await page.getByRole('button', { name: 'Top up €20.00' }).click();
  await page.locator('.balance', { hasText: '€20.00' }).waitFor();
  await page.getByLabel('How many Flat white').fill('2');
  await page.getByRole('button', { name: /^Order for/ }).click();
  const ordered = page.getByRole('article', { name: 'POST /v1/orders', exact: true }).first();
  await ordered.getByText('201', { exact: true }).waitFor();
  await ordered.getByRole('button', { name: 'Send the same again' }).click();
  await page.getByText('The same bytes as the first answer.').waitFor();
  await page.getByText('The same bytes as the first answer.').scrollIntoViewIfNeeded();
  await page.evaluate('scrollTo(0, 0)');
}

async function pages(browser: Browser, system: Running, colorScheme: 'light' | 'dark'): Promise<void> {
  const operator = operatorOf(system);
  const context = await browser.newContext({ viewport: WIDE, colorScheme });
  const page = await context.newPage();
  await counter(page, system.url);
  await take(page, `counter-${colorScheme}`);

  const orderId = (await page.locator('tbody code').first().textContent()) ?? '';
  await page.goto(`${system.url}/#/floor`);
  await logIn(page, operator);
  await page.getByText(/^All \d+ processes are ready\.$/).waitFor();
  const rate = page
    .getByRole('row', { name: /^business-logic → storage/ })
    .getByRole('cell')
    .first();
  await rate.filter({ hasNotText: /^[0-3]\./ }).waitFor();
  await take(page, `floor-${colorScheme}`);
  await freeze(system, 'auth-1');
  await page.locator('[data-process="auth-1"][data-state="silent"]').waitFor();
  await page.locator('.broken').first().waitFor();
  await take(page, `floor-broken-${colorScheme}`);
  await heal(system);
  await page.getByText(/^All \d+ processes are ready\.$/).waitFor();

  await page.goto(`${system.url}/#/audit`);
  await page.getByRole('button', { name: 'Audit now' }).click();
  await page.locator('.verdict').waitFor();
  await take(page, `audit-${colorScheme}`);

  await page.goto(`${system.url}/#/traces?id=${orderId}`);
  await page.locator('.message[data-kind="event"]').first().waitFor();
  await page.getByRole('heading', { name: 'Who heard what' }).last().scrollIntoViewIfNeeded();
  await page.evaluate('scrollBy(0, 260)');
  await take(page, `traces-${colorScheme}`);
  await context.close();
}

/** One is frozen, one was added; and an order's reply is lost, which the same again ends. */
async function breaking(page: Page, scheme: string): Promise<void> {
  await page.getByText('Nothing is broken.').waitFor();
  await page.getByLabel('Which one').selectOption('+business-logic');
  await page.getByRole('button', { name: 'Add a replica of business-logic' }).click();
  await page.getByText('business-logic-3 was added.').waitFor();
  await page.getByRole('button', { name: 'Be somebody new, with €20.00' }).click();
  await page.getByRole('button', { name: 'Send one order' }).click();
  const order = page.getByRole('article', { name: 'POST /v1/orders', exact: true });
  await order.getByRole('button', { name: 'Send the same again' }).first().click();
  await order.getByText('201', { exact: true }).first().waitFor();
  await page.getByLabel('Which one').selectOption('storage-1');
  await page.getByRole('radio', { name: 'Freeze', exact: true }).check();
  await page.getByRole('button', { name: 'Freeze storage-1' }).click();
  await page.getByText('storage-1 is frozen').waitFor();
  await page.evaluate('scrollTo(0, 0)');
  await take(page, `break-${scheme}`);
  await page.getByRole('button', { name: 'Heal everything' }).click();
  await page.getByText('Nothing is broken.').waitFor();
}

const LAB_MS_MAX = 60_000;

/** What it found, with the trace in which a reply was lost. */
async function lab(page: Page, url: string, scheme: string): Promise<void> {
  await page.goto(`${url}/#/labs?name=three-endings`);
  await page.getByRole('radio', { name: 'The same answer, byte for byte, in both' }).check();
  await page.getByRole('button', { name: 'Run it, with and without' }).click();
  // Before that there may be what an earlier run found.
  await page.getByText('It is running.').waitFor();
  await page.locator('[data-number="without"]').waitFor({ timeout: LAB_MS_MAX });
  await page.getByLabel('Of which request').selectOption({ index: 1 });
  await page.locator('.message[data-kind="lost"]').first().waitFor();
  await page.evaluate('scrollTo(0, 0)');
  await take(page, `labs-${scheme}`);
  await page.evaluate("document.querySelector('.timeline').scrollIntoView()");
  await take(page, `labs-found-${scheme}`);
}

async function benches(browser: Browser, system: Running, colorScheme: 'light' | 'dark'): Promise<void> {
  const context = await browser.newContext({ viewport: WIDE, colorScheme });
  const page = await context.newPage();
  await page.goto(`${system.url}/#/labs`);
  await logIn(page, operatorOf(system));
  if (wants('labs')) await lab(page, system.url, colorScheme);
  await page.goto(`${system.url}/#/break`);
  if (wants('break')) await breaking(page, colorScheme);
  await context.close();
}

/** A failed order with what each process wrote; and the price, where a benchmark left one. */
async function explained(browser: Browser, system: Running, colorScheme: 'light' | 'dark'): Promise<void> {
  const context = await browser.newContext({ viewport: WIDE, colorScheme });
  const page = await context.newPage();
  if (wants('logs')) await logs(page, system, colorScheme);
  if (wants('price')) await price(page, system, colorScheme);
  await context.close();
}

async function logs(page: Page, system: Running, scheme: string): Promise<void> {
  const faults = 'business-logic.PlaceOrder=drop-reply;relay.Publish=error:unavailable';
  const order = { cafeId: 'library', key: randomUUID(), faults };
  const traces = await tracesOf(system);
  const { traceId } = await rawOrder(system.url, await wallet(system.url), order);
  const complete = (trace: Trace): boolean => takenIn(trace) > 0;
  const { missing } = await traces.read([traceId], { complete, workMsMax: COUNTED_MS_MAX });
  if (missing !== undefined) throw new Error(missing);
  await page.goto(`${system.url}/#/traces?id=${traceId}`);
  await logIn(page, operatorOf(system));
  const shown = page.getByRole('region', { name: `Trace ${traceId}` });
  await shown.locator('tr.line').last().waitFor();
  await shown.getByRole('heading', { name: /^How long it took/ }).scrollIntoViewIfNeeded();
  await page.evaluate('scrollBy(0, 200)');
  await take(page, `logs-${scheme}`);
}

async function price(page: Page, { url }: Running, scheme: string): Promise<void> {
  await page.goto(`${url}/#/price`);
  const measured = page.locator('figure.plot').first();
  await measured.or(page.getByRole('article')).waitFor();
  if (await measured.isVisible()) await take(page, `price-${scheme}`);
  else console.log('no picture of the price: nobody measured it here (npm run bench)');
}

async function telephone(browser: Browser, system: Running): Promise<void> {
  const context = await browser.newContext({ viewport: NARROW, colorScheme: 'dark' });
  const page = await context.newPage();
  await counter(page, system.url);
  await take(page, 'counter-narrow');
  await context.close();
}

async function main(): Promise<void> {
  const system = await runningSystem(dataDirOf(values.data));
  mkdirSync(into, { recursive: true });
  const folder = mkdtempSync(path.join(tmpdir(), 'seams-screenshots-'));
  const enough = new AbortController();
  // Customers are made first, and hashing their passwords takes the machine for a while.
  const sending = Promise.withResolvers<void>();
  const load = runLoad(auditedSystem(system), {
    ...LOAD,
    journalFile: path.join(folder, 'journal.jsonl'),
    signal: enough.signal,
    progress: { say: () => {}, tick: (phase) => phase === 'sending' && sending.resolve() },
  });
  const browser = await openBrowser();
  try {
    await Promise.race([sending.promise, load]);
    for (const scheme of ['light', 'dark'] as const) {
      if (wants('pages')) await pages(browser, system, scheme);
      await benches(browser, system, scheme);
      await explained(browser, system, scheme);
    }
    if (wants('pages')) await telephone(browser, system);
  } finally {
    await browser.close();
    await heal(system);
    enough.abort();
    await load;
    rmSync(folder, { recursive: true });
  }
}

await main();
