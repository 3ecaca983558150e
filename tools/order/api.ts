/** The REST API as a client sees it that wants to be sure: a lost answer is asked for again, under the same key. */

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { TOP_UP_CENTS_MAX, TOP_UP_CENTS_MIN } from '../../libs/contracts/src/limits.ts';

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
  /** Requests that it took: more than one when an answer was lost or a part was busy. */
  readonly attempts: number;
}

export interface Problem {
  readonly status: number;
  readonly reason: string;
  readonly detail: string;
}

/** The system said no, or nothing at all. The message is one line for people. */
export class NotAnswered extends Error {}

const ATTEMPTS_MAX = 5;
const BACKOFF_MS = 300;
const ANSWER_MS_MAX = 10_000;
const REPEATABLE = new Set([429, 503, 504]);

export interface Request {
  readonly path: string;
  readonly token?: string;
  /** A body makes it a POST, sent under an idempotency key of its own. */
  readonly body?: object;
}

export async function ask<Body>(url: string, { path, token, body }: Request): Promise<Answer<Body>> {
  const headers = {
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(body ? { 'content-type': 'application/json', 'idempotency-key': randomUUID() } : {}),
  };
  for (let attempts = 1; ; attempts++) {
    const response = await send(`${url}${path}`, headers, body);
    if (response?.ok) {
      return { status: response.status, body: (await response.json()) as Body, headers: response.headers, attempts };
    }
    const problem = response ? ((await response.json()) as Problem) : undefined;
    const mayRepeat = !problem || REPEATABLE.has(problem.status);
    if (!mayRepeat || attempts === ATTEMPTS_MAX) {
      throw new NotAnswered(
        problem ? `${path} answered ${problem.status} ${problem.reason}: ${problem.detail}` : `${url} does not answer`,
      );
    }
    await sleep(BACKOFF_MS * attempts);
  }
}

export interface Account {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
}

/** A registration has no key: whose answer was lost finds the email taken, by itself, and logs in. */
export async function register<Session>(url: string, account: Account): Promise<Session> {
  try {
    return (await ask<Session>(url, { path: '/v1/auth/register', body: account })).body;
  } catch (error) {
    if (!(error instanceof NotAnswered) || !error.message.includes('email_taken')) throw error;
    const { email, password } = account;
    return (await ask<Session>(url, { path: '/v1/auth/login', body: { email, password } })).body;
  }
}

/** @param cents 0 for a customer who needs none @throws Error when the sum is below the smallest top-up */
export async function topUp(url: string, token: string, cents: number): Promise<void> {
  for (const amountCents of topUpsOf(cents))
    await ask(url, { path: '/v1/wallet/top-ups', token, body: { amountCents } });
}

/** As few top-ups as make the sum, each within the limits: what is left for the last one may be too little. */
export function topUpsOf(cents: number): number[] {
  if (cents === 0) return [];
  if (cents < TOP_UP_CENTS_MIN) throw new Error(`the smallest top-up is ${TOP_UP_CENTS_MIN} cents, not ${cents}`);
  if (cents <= TOP_UP_CENTS_MAX) return [cents];
  const first = Math.min(TOP_UP_CENTS_MAX, cents - TOP_UP_CENTS_MIN);
  return [first, ...topUpsOf(cents - first)];
}

/** Undefined when the connection failed: nobody knows whether the request got through. */
async function send(url: string, headers: Record<string, string>, body?: object): Promise<Response | undefined> {
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  try {
    return await fetch(
      url,
      body ? { method: 'POST', headers, body: JSON.stringify(body), signal } : { headers, signal },
    );
  } catch (error) {
    if (error instanceof TypeError || (error as Error).name === 'TimeoutError') return undefined;
    throw error;
  }
}
