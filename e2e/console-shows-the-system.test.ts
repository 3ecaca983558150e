/** The console in a real browser, against the running system: what it shows is what happened. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '@seams/testkit';
import type { Browser, Page } from 'playwright-core';
import { browserPath, openBrowser } from '../tools/chromium.ts';
import { freeze, heal } from '../tools/system/faults.ts';
import { ANSWERED_MS_MAX, expectUsable, logIn, NARROW, openAt, openPage, tabTo, type Watched } from './browser.ts';
import { customerWith, definite } from './client.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

/** A look a second, 0.7 s for an answer, and what the browser takes on a busy machine. */
const SEEN_MS_MAX = 2_000;
const TRACED_MS_MAX = 20_000;
const REGISTERED_MS_MAX = 20_000;
const TEST_MS_MAX = 90_000;
jest.setTimeout(TEST_MS_MAX);

let system: System;
let browser: Browser;
let customer: Watched;
let operator: Watched;

const open = (page: Page, name: string): Promise<void> => openAt(page, system.url, name);
/** The newest answer to this question, when there is one. */
const answerTo = (page: Page, question: string) => page.getByRole('article', { name: question, exact: true }).first();

/** When auth is late nobody knows whether the email is taken: then by another one. */
async function register(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'I am new here' }).click();
  await eventually(async () => {
    await page.getByLabel('Name', { exact: true }).fill('Ada');
    await page.getByLabel('Email').fill(`${randomUUID()}@example.com`);
    await page.getByLabel('Password').fill(randomUUID());
    await page.getByRole('button', { name: 'Register' }).click();
    await page.getByText('Logged in as').waitFor({ timeout: ANSWERED_MS_MAX });
  }, REGISTERED_MS_MAX);
}

const logInAsOperator = (page: Page): Promise<void> => logIn(page, system.demoAccount('operator'));

const storageRate = (page: Page) =>
  page
    .getByRole('row', { name: /^business-logic → storage/ })
    .getByRole('cell')
    .first();

async function pidOf(name: string): Promise<number> {
  const pid = (await system.status()).processes.find((one) => one.name === name)?.pid;
  if (!pid) throw new Error(`${name} does not run`);
  return pid;
}

/** With its runner stopped, which would start it again half a second later: it is gone for whoever looks late, too. */
async function killForLong(_: System, name: string): Promise<void> {
  const [runner, pid] = [await pidOf('runner'), await pidOf(name)];
  process.kill(runner, 'SIGSTOP');
  process.kill(pid, 'SIGKILL');
}

/** Begins to look in the page itself; resolves with when it was shown there, by the machine's clock, to whoever asks later. */
async function lookOutFor(page: Page, selector: string): Promise<() => Promise<number>> {
  await page.evaluate(`void (window.shownAt = new Promise((resolve) => {
    const look = () =>
      document.querySelector(${JSON.stringify(selector)}) ? resolve(Date.now()) : requestAnimationFrame(look);
    look();
  }))`);
  return () => page.evaluate<number>('window.shownAt');
}

const suite = browserPath ? describe : describe.skip;

suite('the console, in Chromium (skipped where there is none: set SEAMS_CHROMIUM)', () => {
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), openBrowser()]);
    [customer, operator] = await Promise.all([openPage(browser), openPage(browser)]);
  }, HOOK_MS_MAX);
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  }, HOOK_MS_MAX);

  it('shows the counter to whoever opens the address, and asks nobody but the gateway', async () => {
    const { page, hosts } = customer;
    await page.goto(system.url);
    await page.getByRole('heading', { name: 'Counter' }).waitFor();
    await page.getByLabel('How many Espresso').waitFor();
    expect([...hosts]).toEqual([new URL(system.url).host]);
    expect(await page.title()).toBe('Counter – Seams');
  });

  it('takes an order, shows key and trace, and gives the first answer again for the same bytes', async () => {
    const { page } = customer;
    await register(page);
    await page.getByRole('button', { name: 'Top up €20.00' }).click();
    await page.locator('.balance', { hasText: '€20.00' }).waitFor();
    await page.getByLabel('How many Espresso').fill('2');
    await page.getByRole('button', { name: /^Order for/ }).click();
    const ordered = answerTo(page, 'POST /v1/orders');
    await ordered.getByText('201', { exact: true }).waitFor();
    const key = (await ordered.locator('dd').first().textContent()) ?? '';
    const trace = (await ordered.locator('dd').last().textContent()) ?? '';
    expect(trace).toMatch(/^[0-9a-f]{32}$/);
    await page.getByRole('cell', { name: '2 × Espresso' }).waitFor();

    await ordered.getByRole('button', { name: 'Send the same again' }).click();
    await page.getByText('The same bytes as the first answer.').waitFor();
    expect(await answerTo(page, 'POST /v1/orders').getByText('replayed').count()).toBe(1);
    const rows = await system.sql('storage', 'SELECT order_id FROM orders WHERE idempotency_key = $1', [key]);
    expect(rows).toHaveLength(1);
  });

  it('says in words why an order is refused', async () => {
    const { page } = customer;
    await page.getByLabel('How many Espresso').fill('20');
    await page.getByRole('button', { name: /^Order for/ }).click();
    const refused = answerTo(page, 'POST /v1/orders');
    await refused.getByText('409', { exact: true }).waitFor();
    expect(await refused.textContent()).toContain('The wallet holds less than the order costs. Refused for good');
    expect(await refused.textContent()).toContain('not_enough_money');
    await expectUsable(page);
  });

  it('asks for a login when the session was made void, and shows no token', async () => {
    const { page } = customer;
    expect(await page.getByRole('main').textContent()).not.toContain('eyJ');
    await page.getByRole('button', { name: 'Log out' }).click();
    expect(await page.getByRole('heading', { name: 'Your orders' }).count()).toBe(0);
    await page.getByLabel('Email').fill(`${randomUUID()}@example.com`);
    await page.getByLabel('Password').fill('not this one');
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.getByRole('alert').getByText(/\w/).waitFor();
  });

  it('can be used without a mouse', async () => {
    const { page, complaints } = await openPage(browser, { reducedMotion: 'reduce' });
    await page.goto(system.url);
    await page.getByLabel('How many Espresso').waitFor();
    await tabTo(page, 'I am new here');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Home');
    await eventually(async () => {
      await page.getByLabel('Name', { exact: true }).focus();
      for (const text of ['Grace', `${randomUUID()}@example.com`, randomUUID()]) {
        await page.keyboard.type(text);
        await page.keyboard.press('Tab');
      }
      await page.keyboard.press('Enter');
      await page.getByText('Logged in as').waitFor({ timeout: ANSWERED_MS_MAX });
    }, REGISTERED_MS_MAX);
    await page.getByRole('button', { name: 'Top up €5.00' }).waitFor();
    await tabTo(page, 'Top up €5.00');
    await page.keyboard.press('Enter');
    await page.locator('.balance', { hasText: '€5.00' }).waitFor();
    await tabTo(page, 'How many Espresso');
    await page.keyboard.type('1');
    await page.keyboard.press('Enter');
    await answerTo(page, 'POST /v1/orders').getByText('201', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('tells an operator whether anything was lost, and what, with its id', async () => {
    const { page } = operator;
    await open(page, 'audit');
    await logInAsOperator(page);
    await page.getByRole('button', { name: 'Audit now' }).click();
    await page.getByText('Nothing was lost').waitFor({ timeout: TEST_MS_MAX });
    expect(await page.locator('.check').count()).toBe(8);
    await expectUsable(page);

    const [row] = await system.sql<{ order_id: string }>('storage', 'SELECT order_id FROM orders LIMIT 1');
    const change = 'UPDATE orders SET total_cents = total_cents + $2 WHERE order_id = $1';
    await system.sql('storage', change, [row?.order_id, 1]);
    await page.getByRole('button', { name: 'Audit again' }).click();
    await page.locator('.verdict', { hasText: /\d+ breaches/ }).waitFor({ timeout: TEST_MS_MAX });
    expect(await page.locator('.breaches').first().textContent()).toContain(row?.order_id);
    await expectUsable(page);
    await system.sql('storage', change, [row?.order_id, -1]);
  });

  it('tells a customer in words that this is for operators', async () => {
    const { page } = await openPage(browser);
    await open(page, 'audit');
    await logIn(page, system.demoAccount('customer'));
    await page.getByRole('button', { name: 'Audit now' }).click();
    await page.getByRole('article').getByText('Only an operator may ask whether anything was lost. Refused').waitFor();
  });

  it('shows every process on the floor, and an order that goes through it', async () => {
    const { page } = operator;
    await open(page, 'floor');
    await page.getByText(/^All \d+ processes are ready\.$/).waitFor();
    const { processes } = await system.status();
    for (const { name } of processes.filter((one) => !['runner', 'watcher', 'lab-runner'].includes(one.name))) {
      await page.locator(`[data-process="${name}"][data-state="ready"]`).waitFor();
    }
    const rate = storageRate(page);
    await rate.filter({ hasText: /^0\.0\/s$/ }).waitFor();
    await page.locator('.process', { hasText: 'leads' }).waitFor();
    await expectUsable(page);

    const { token } = await customerWith(system.url, 5_000);
    const body = { cafeId: 'harbour', items: [{ itemId: 'harbour-espresso', quantity: 1 }] };
    const reply = await definite(`${system.url}/v1/orders`, { token, key: randomUUID(), body });
    expect(reply.status).toBe(201);
    await rate.filter({ hasNotText: /^0\.0/ }).waitFor();
    await page.locator('.dots circle').first().waitFor({ state: 'attached' });
  });

  it('follows an order through its trace, found by its id: a lost reply is a broken arrow', async () => {
    const { page } = operator;
    const { token } = await customerWith(system.url, 5_000);
    const body = { cafeId: 'harbour', items: [{ itemId: 'harbour-espresso', quantity: 1 }] };
    const headers = { 'seams-fault': 'storage.CommitOrder=drop-reply*1' };
    const { json } = await definite(`${system.url}/v1/orders`, { token, key: randomUUID(), body, headers });
    await open(page, 'traces');
    await page.getByLabel('Trace, order or customer').fill('nothing');
    await page.getByRole('button', { name: 'Find', exact: true }).click();
    await page.getByRole('alert').getByText('A trace id has 32 hex digits').waitFor();
    await page.getByLabel('Trace, order or customer').fill(json.orderId);
    // Each process sends its spans after a while, by its own clock: who counted the event may be heard before who lost the reply.
    await eventually(async () => {
      await page.getByRole('button', { name: 'Find', exact: true }).click();
      await page.getByRole('cell', { name: 'postgres count_order' }).waitFor({ timeout: 1_000 });
      await page.locator('.message[data-kind="lost"]').first().waitFor({ timeout: 1_000 });
      await page.getByRole('button', { name: 'postgres commit_orders' }).first().waitFor({ timeout: 1_000 });
      await page.locator('.message[data-kind="event"]').first().waitFor({ timeout: 1_000 });
    }, TRACED_MS_MAX);
    await page.getByRole('button', { name: 'postgres commit_orders' }).first().click();
    await page.locator('.pair').first().waitFor();
    await expectUsable(page);
  });

  it.each([
    ['frozen', 'auth-1', 'silent', freeze],
    ['frozen', 'postgres', 'silent', freeze],
    ['killed', 'storage-1', 'gone', killForLong],
  ] as const)('shows within 2 s that one is %s: %s', async (_, name, state, breakIt) => {
    const { page } = operator;
    await open(page, 'floor');
    await page.getByText(/^All \d+ processes are ready\.$/).waitFor();
    const broken = `[data-process="${name}"][data-state="${state}"]`;
    const runner = await pidOf('runner');
    const shownAt = await lookOutFor(page, broken);
    let seenMs = Number.POSITIVE_INFINITY;
    try {
      await breakIt(system, name);
      const brokenAt = Date.now();
      await page.locator(broken).waitFor();
      seenMs = (await shownAt()) - brokenAt;
      await expectUsable(page);
    } finally {
      process.kill(runner, 'SIGCONT');
      await heal(system);
    }
    await page.getByText(/^All \d+ processes are ready\.$/).waitFor({ timeout: 60_000 });
    console.log(`${name} was seen ${state} after ${seenMs} ms`);
    expect(seenMs).toBeLessThanOrEqual(SEEN_MS_MAX);
  });

  it('holds its dots still for whoever wants no motion, and fits a telephone', async () => {
    const { page, complaints } = await openPage(browser, {
      reducedMotion: 'reduce',
      viewport: NARROW,
      colorScheme: 'dark',
    });
    await open(page, 'floor');
    await logInAsOperator(page);
    await page.getByText(/^All \d+ processes are ready\.$/).waitFor();
    await customerWith(system.url, 5_000);
    await storageRate(page).filter({ hasNotText: /^0\.0/ }).waitFor();
    expect(await page.locator('.dots circle').count()).toBe(0);
    await expectUsable(page);
    expect(complaints).toEqual([]);
  });

  it.each(['counter', 'audit', 'floor', 'traces'])(
    'fits a telephone in the dark, and axe finds nothing: %s',
    async (name) => {
      const { page, complaints } = await openPage(browser, { viewport: NARROW, colorScheme: 'dark' });
      await open(page, name);
      await (name === 'counter' ? page.getByLabel('How many Espresso') : page.getByLabel('Email')).waitFor();
      await expectUsable(page);
      expect(complaints).toEqual([]);
    },
  );

  it('complained of nothing meanwhile', () => {
    expect([customer.complaints, operator.complaints]).toEqual([[], []]);
  });
});
