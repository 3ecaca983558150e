/** The REST API as a test sees it: raw answers, byte for byte, and a client that repeats what is unknown. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** Every field that some answer of the API has. A test reads those that its answer should have. */
export interface Body {
  readonly reason: string;
  readonly customerId: string;
  readonly accessToken: string;
  readonly orderId: string;
  readonly orders: readonly { readonly orderId: string }[];
  readonly nextCursor: string | null;
  readonly balanceCents: number;
  readonly ordersTotal: number;
  readonly revenueTotalCents: number;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  readonly json: Body;
}

export interface Call {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly key?: string | undefined;
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string;
  readonly headers?: Record<string, string>;
}

export async function call(url: string, { method, token, key, body, raw, headers }: Call = {}): Promise<Reply> {
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(url, {
    method: method ?? (content === undefined ? 'GET' : 'POST'),
    headers: {
      ...(content === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...headers,
    },
    ...(content === undefined ? {} : { body: content }),
  });
  const text = await response.text();
  return {
    status: response.status,
    text,
    headers: response.headers,
    json: (text.startsWith('{') ? JSON.parse(text) : {}) as Body,
  };
}

const ATTEMPTS_MAX = 20;
const BACKOFF_MS = 100;

/** Repeats under the same key what was not done or is unknown, until the answer is definite: the reply contract. */
export async function definite(url: string, request: Call): Promise<Reply> {
  for (let attempts = 1; attempts <= ATTEMPTS_MAX; attempts++) {
    const reply = await call(url, request).catch((error: unknown) => {
      if (error instanceof TypeError) return undefined; // the connection broke: unknown
      throw error;
    });
    if (reply && ![429, 500, 503, 504].includes(reply.status)) return reply;
    await sleep(BACKOFF_MS * attempts);
  }
  throw new Error(`${url} gave no definite answer in ${ATTEMPTS_MAX} attempts`);
}

export interface Account {
  readonly email: string;
  readonly password: string;
}

export interface Customer {
  readonly customerId: string;
  readonly token: string;
  readonly account: Account;
}

/** A new account. On a busy machine the answer gets lost, and the email is taken by ourselves: then by another one. */
async function registered(url: string, attemptsMax = 3): Promise<Customer> {
  const account = { email: `${randomUUID()}@example.com`, password: randomUUID() };
  // Hashing passwords is bounded, so many at once are told to come again.
  const { status, json } = await definite(`${url}/v1/auth/register`, {
    body: { ...account, displayName: 'Ada' },
  });
  if (status === 201) return { customerId: json.customerId, token: json.accessToken, account };
  if (json.reason === 'email_taken' && attemptsMax > 1) return registered(url, attemptsMax - 1);
  throw new Error(`register answered ${status} ${JSON.stringify(json)}`);
}

const TOP_UP_CENTS_MAX = 100_000;

/** A new customer with money. */
export async function customerWith(url: string, cents: number): Promise<Customer> {
  const customer = await registered(url);
  for (let left = cents; left > 0; left -= TOP_UP_CENTS_MAX) {
    const topUp = await definite(`${url}/v1/wallet/top-ups`, {
      token: customer.token,
      key: randomUUID(),
      body: { amountCents: Math.min(left, TOP_UP_CENTS_MAX) },
    });
    if (topUp.status !== 201) throw new Error(`top-up answered ${topUp.status} ${topUp.text}`);
  }
  return customer;
}

/** Asked again while auth, which has half a second for an answer, is late. */
export async function login(url: string, { email, password }: Account): Promise<string> {
  const { status, json } = await definite(`${url}/v1/auth/login`, { body: { email, password } });
  if (status !== 200) throw new Error(`login answered ${status}`);
  return json.accessToken;
}
