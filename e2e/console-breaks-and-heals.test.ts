/** Break it and Labs in a real browser, against the running system: what is broken is broken, and one button heals it. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '@seams/testkit';
import type { Browser, Page } from 'playwright-core';
import { browserPath, openBrowser } from '../tools/chromium.ts';
import { kill, untilReady } from '../tools/system/faults.ts';
import { makeWhole } from '../tools/system/make-whole.ts';
import {
  ANSWERED_MS_MAX,
  expectUsable,
  logIn,
  NARROW,
  openAt,
  openPage,
  tabTo,
  type Watched,
  WIDE,
} from './browser.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

/** A replica is added or started again, the slowest of what is healed here. */
const HEALED_MS_MAX = 60_000;
const SURE_MS_MAX = 20_000;
/** Of a freeze that lasts until it is healed, however long the test takes. */
const LONG_S = 120;
/** The runner waits twice as long after each end of one that has just begun: after the next one it is gone for 4 s. */
const KILLS_BEFORE = 3;
const LAB_MS_MAX = 90_000;
const TEST_MS_MAX = 150_000;
jest.setTimeout(TEST_MS_MAX);

let system: System;
let browser: Browser;
let operator: Watched;

const open = (page: Page, name: string): Promise<void> => openAt(page, system.url, name);

async function asOperator(page: Page, name: string): Promise<void> {
  await open(page, name);
  await logIn(page, system.demoAccount('operator'), 'an operator');
}

const restartsOf = async (name: string): Promise<number> =>
  (await system.status()).processes.find((one) => one.name === name)?.restarts ?? 0;

const nothingIsBroken = (page: Page) => page.getByText('Nothing is broken.');

async function breakIt(page: Page, name: string, fault: string): Promise<void> {
  await page.getByLabel('Which one').selectOption(name);
  await page.getByRole('radio', { name: fault, exact: true }).check();
  await page.getByRole('button', { name: new RegExp(`^${fault}.* ${name.replace('+', '')}$`) }).click();
}

async function heal(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Heal everything' }).click();
  await nothingIsBroken(page).waitFor({ timeout: HEALED_MS_MAX });
}

const suite = browserPath ? describe : describe.skip;

suite('Break it and Labs, in Chromium (skipped where there is none: set SEAMS_CHROMIUM)', () => {
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), openBrowser()]);
    operator = await openPage(browser);
    await asOperator(operator.page, 'break');
    await nothingIsBroken(operator.page).waitFor();
  }, HOOK_MS_MAX);
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  }, HOOK_MS_MAX);

  it('kills a replica, which dies and returns on the floor', async () => {
    for (let kills = 0; kills < KILLS_BEFORE; kills++) {
      await kill(system, 'storage-1');
      await untilReady(system, 'storage-1', HEALED_MS_MAX);
    }
    const before = await restartsOf('storage-1');
    const floor = await openPage(browser);
    await asOperator(floor.page, 'floor');
    await floor.page.getByText(/^All \d+ processes are ready\.$/).waitFor();
    const { page } = operator;
    await page.getByLabel('Which one').selectOption('storage-1');
    await page.getByText(/^storage-1 ends at once .* the other replica of storage goes on\.$/).waitFor();
    await breakIt(page, 'storage-1', 'Kill');
    await floor.page.locator('[data-process="storage-1"][data-state="gone"]').waitFor();
    await page.getByRole('row', { name: /kill storage-1 done/ }).waitFor();
    await floor.page.locator('[data-process="storage-1"][data-state="ready"]').waitFor({ timeout: HEALED_MS_MAX });
    await nothingIsBroken(page).waitFor({ timeout: HEALED_MS_MAX });
    expect(await restartsOf('storage-1')).toBe(before + 1);
    expect(floor.complaints).toEqual([]);
  });

  it('freezes and heals with the keyboard alone', async () => {
    const { page, complaints } = await openPage(browser, { reducedMotion: 'reduce' });
    await asOperator(page, 'break');
    await nothingIsBroken(page).waitFor();
    await tabTo(page, 'Which one');
    await eventually(async () => {
      // Who stops for a second between two letters has begun another word.
      await page.keyboard.type('auth-1');
      await page.getByRole('button', { name: 'Kill auth-1' }).waitFor({ timeout: ANSWERED_MS_MAX });
    }, SURE_MS_MAX);
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.getByText(/^auth-1 keeps its ports .* for 20 s/).waitFor();
    await tabTo(page, 'Freeze auth-1');
    await page.keyboard.press('Enter');
    await page.getByText(/^auth-1 is frozen, for \d+ s more\.$/).waitFor();
    expect((await system.status()).processes.find(({ name }) => name === 'auth-1')?.state).toBe('frozen');
    await page.evaluate('document.activeElement.blur()');
    await tabTo(page, 'Heal everything');
    await page.keyboard.press('Enter');
    await nothingIsBroken(page).waitFor({ timeout: HEALED_MS_MAX });
    expect((await system.status()).processes.find(({ name }) => name === 'auth-1')?.state).toBe('ready');
    expect(complaints).toEqual([]);
  });

  it('adds and removes replicas, and one button makes all of it as it was', async () => {
    const { page } = operator;
    await breakIt(page, 'gateway-2', 'Remove');
    await page.getByText('A replica of gateway was removed.').waitFor({ timeout: HEALED_MS_MAX });
    await page.getByLabel('Which one').selectOption('+business-logic');
    await page.getByRole('button', { name: 'Add a replica of business-logic' }).click();
    await page.getByText('business-logic-3 was added.').waitFor({ timeout: HEALED_MS_MAX });
    await expectUsable(page);
    await heal(page);
    const names = (await system.status()).processes.map(({ name }) => name);
    expect(names).toContain('gateway-2');
    expect(names).not.toContain('business-logic-3');
  });

  it('says why something cannot be broken', async () => {
    const { page } = operator;
    await page.getByLabel('Which one').selectOption('auth-1');
    expect(await page.getByRole('radio', { name: 'Remove', exact: true }).count()).toBe(0);
    await page.getByRole('radio', { name: 'Freeze', exact: true }).check();
    await page.getByLabel('For how many seconds').fill(String(LONG_S));
    await breakIt(page, 'kafka', 'Freeze');
    await page.getByText(/^kafka is frozen/).waitFor();
    const lab = await openPage(browser);
    await asOperator(lab.page, 'labs?name=deadline');
    await lab.page.getByRole('radio').first().check();
    await lab.page.getByRole('button', { name: 'Run it, with and without' }).click();
    await lab.page
      .getByRole('paragraph')
      .filter({ hasText: /^A lab begins .* kafka is frozen/ })
      .waitFor();
    await heal(page);
  });

  it('breaks by a seed until it is healed', async () => {
    const { page } = operator;
    await page.getByLabel('Seed', { exact: true }).fill('7');
    await page.getByRole('button', { name: 'Break by seed 7' }).click();
    await page.getByText(/^Seed 7: [1-9]\d* of \d+ done, next: \w+ \S+\.$/).waitFor();
    await expectUsable(page);
    await heal(page);
    await page.getByText(/^Seed 7: /).waitFor({ state: 'detached' });
    expect(await makeWhole(system)).toEqual([]);
  });

  it('strikes one order alone: its reply is lost, and the same again ends the doubt', async () => {
    const { page } = operator;
    const becoming = page.getByRole('button', { name: 'Be somebody new, with €20.00' });
    await eventually(async () => {
      await becoming.click({ timeout: ANSWERED_MS_MAX });
      await becoming.waitFor({ state: 'detached', timeout: ANSWERED_MS_MAX });
    }, SURE_MS_MAX);
    await page.getByLabel('Where', { exact: true }).selectOption('business-logic.PlaceOrder');
    await page.getByLabel('What', { exact: true }).selectOption('drop-reply');
    await page.getByText('Business-logic does it, and the answer is lost on its way').waitFor();
    await eventually(async () => {
      // The wallet is filled a moment after the login is there.
      await page.getByRole('button', { name: 'Send one order' }).click();
      await page.getByText('504', { exact: true }).first().waitFor({ timeout: 5_000 });
    }, SURE_MS_MAX);
    await page
      .locator('[data-fired="fired"]', {
        hasText: /^business-logic\.PlaceOrder=drop-reply fired once, in gateway-\d\.$/,
      })
      .first()
      .waitFor();
    // Without the naive counterpart of the outbox nobody publishes here. What comes of it is looked at below.
    const byHand = page.getByLabel('Or a plan by hand');
    await byHand.fill('storage.Publish=delay:5');
    await page.getByRole('button', { name: 'Send one order' }).click();
    const orders = page.getByRole('article', { name: 'POST /v1/orders', exact: true });
    await orders.filter({ hasText: 'storage.Publish=delay:5' }).waitFor();
    await byHand.fill('');
    const lost = orders.filter({ hasText: 'business-logic.PlaceOrder=drop-reply' }).first();
    expect(await lost.textContent()).toContain('business-logic.PlaceOrder=drop-reply');
    const key = (await lost.locator('dd', { hasText: /^[0-9a-f-]{36}$/ }).textContent()) ?? '';
    await lost.getByRole('button', { name: 'Send the same again' }).click();
    const again = orders.first();
    await again.getByText('replayed').waitFor();
    expect(await again.textContent()).toContain('201');
    expect(await again.locator('a[href^="#/traces?id="]').count()).toBe(1);
    const rows = await system.sql('storage', 'SELECT order_id FROM orders WHERE idempotency_key = $1', [key]);
    expect(rows).toHaveLength(1);
    const never = page.getByRole('alert').filter({ hasText: 'storage.Publish=delay:5 never fired.' });
    await never.waitFor({ timeout: SURE_MS_MAX });
    await expectUsable(page);
  });

  it('runs a lab: predicted first, both numbers, what held, and the timeline of a real trace', async () => {
    const { page } = operator;
    await open(page, 'labs?name=deadline');
    await page.getByRole('heading', { name: 'The client waits no longer.' }).waitFor();
    const run = page.getByRole('button', { name: 'Run it, with and without' });
    expect(await run.isDisabled()).toBe(true);
    await page.getByText(/Coming: \d+ ideas/).click();
    const coming = page.getByRole('navigation', { name: 'Labs' }).locator('.coming');
    expect(await coming.getByRole('listitem').count()).toBeGreaterThan(0);
    expect(await coming.getByRole('button').count()).toBe(0);
    await page.getByRole('radio', { name: /^All of them, after each client was told/ }).check();
    await run.click();
    await page.locator('[data-number="with"]').waitFor({ timeout: LAB_MS_MAX });
    expect(await page.locator('[data-number="with"]').textContent()).toMatch(/^0 spans .* 0 of 4 orders placed$/);
    expect(await page.locator('[data-number="without"]').textContent()).toMatch(/^[1-9]\d* spans .* 4 of 4 orders/);
    expect(await page.locator('.sentences li[data-outcome="held"]').count()).toBe(6);
    await page.getByText('You predicted it.').waitFor();
    await page.locator('.timeline .message').first().waitFor();
    await page.getByText('It has ended, and all that must hold has held.').waitFor({ timeout: HEALED_MS_MAX });
    await expectUsable(page);
  });

  it('stops a lab, and heals behind it', async () => {
    const { page } = operator;
    await open(page, 'labs?name=messages');
    await page.getByRole('radio').first().check();
    await page.getByRole('button', { name: 'Run it, with and without' }).click();
    await page.getByRole('log').getByText('message').waitFor({ timeout: LAB_MS_MAX });
    await page.getByRole('button', { name: 'Stop it' }).click();
    await page.getByText('It was stopped.').waitFor({ timeout: HEALED_MS_MAX });
    expect(await page.locator('[data-number]').count()).toBe(0);
  });

  it('tells a customer in words that this is for operators', async () => {
    const { page } = await openPage(browser);
    await open(page, 'break');
    await logIn(page, system.demoAccount('customer'), 'an operator');
    await page.getByRole('paragraph').filter({ hasText: 'Only an operator may break things' }).waitFor();
  });

  it.each([
    ['break', 'light', WIDE],
    ['break', 'dark', WIDE],
    ['break', 'light', NARROW],
    ['break', 'dark', NARROW],
    ['labs?name=deadline', 'light', WIDE],
    ['labs?name=deadline', 'dark', WIDE],
    ['labs?name=deadline', 'light', NARROW],
    ['labs?name=deadline', 'dark', NARROW],
  ] as const)('axe finds nothing on %s in the %s at %p', async (name, colorScheme, viewport) => {
    const { page, complaints } = await openPage(browser, { viewport, colorScheme });
    await asOperator(page, name);
    if (name === 'break') await nothingIsBroken(page).waitFor();
    else {
      await page.getByRole('radio', { name: /^All of them/ }).check();
      await page.locator('.timeline .message').first().waitFor();
    }
    await expectUsable(page);
    expect(complaints).toEqual([]);
  });

  it('complained of nothing meanwhile', () => {
    expect(operator.complaints).toEqual([]);
  });
});
