/** A real Chromium for the tests of the console, and what each of its pages must hold to. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from '@jest/globals';
import { eventually } from '@seams/testkit';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const WAIT_MS_MAX = 20_000;
/** A request takes 2 s at most, and one that auth did not answer in its half second is for people to ask again. */
export const ANSWERED_MS_MAX = 4_000;
export const WIDE = { width: 1_280, height: 900 };
export const NARROW = { width: 390, height: 844 };

export interface Watched {
  readonly page: Page;
  /** Whatever the page said that it should not: errors, and what the Content-Security-Policy refused. */
  readonly complaints: string[];
  /** Hosts that it asked. */
  readonly hosts: Set<string>;
}

export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ viewport: WIDE, ...options });
  // Less than a test may take, so that what was waited for is what is said.
  context.setDefaultTimeout(WAIT_MS_MAX);
  const page = await context.newPage();
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // A refusal of the API is an answer, and the browser reports it as if the page were broken.
    const isAnswer = /^Failed to load resource: the server responded with a status of [45]\d\d/.test(message.text());
    if (message.type() === 'error' && !isAnswer) complaints.push(message.text());
  });
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  return { page, complaints, hosts };
}

/** Opens a page of the console and waits until it is there. */
export async function openAt(page: Page, url: string, name: string): Promise<void> {
  await page.goto(`${url}/#/${name}`);
  await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
}

/** Into the only login that is shown, or into that of `role` where there are two. */
export async function logIn(
  page: Page,
  { email, password }: { readonly email: string; readonly password: string },
  role?: 'a customer' | 'an operator',
): Promise<void> {
  const form = role === undefined ? page : page.getByRole('form', { name: `Log in as ${role}` });
  await form.getByLabel('Email').fill(email);
  await form.getByLabel('Password').fill(password);
  const loggedIn = page.getByText('Logged in as').first();
  await eventually(async () => {
    if (!(await loggedIn.isVisible()))
      await form.getByRole('button', { name: 'Log in', exact: true }).click({ timeout: ANSWERED_MS_MAX });
    await loggedIn.waitFor({ timeout: ANSWERED_MS_MAX });
  }, WAIT_MS_MAX);
}

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** axe finds nothing, in what is shown now; and nothing is wider than the window. */
export async function expectUsable(page: Page): Promise<void> {
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate('axe.run()')) as AxeResult;
  expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
  const tooWide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  expect(tooWide).toBe(0);
}

/** Presses Tab until what has the focus is called `name`, as somebody without a mouse would. */
export async function tabTo(page: Page, name: string, pressesMax = 60): Promise<void> {
  const focused = `(() => { const it = document.activeElement; const label = it?.labels?.[0];
    return it?.getAttribute('aria-label') ?? label?.textContent ?? it?.textContent ?? ''; })()`;
  for (let presses = 0; presses < pressesMax; presses++) {
    await page.keyboard.press('Tab');
    if (String(await page.evaluate(focused)).trim() === name) return;
  }
  throw new Error(`Tab does not reach "${name}" in ${pressesMax} presses`);
}
