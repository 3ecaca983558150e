/** A part is gone and the answer comes from what was kept: right as far as it can be, marked, and never for a stranger. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@seams/testkit';
import { importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import { readTrace, type Span, serviceOf, type Trace, tagOf } from '../tools/order/trace.ts';
import { freeze, heal, kill, untilReady } from '../tools/system/faults.ts';
import { arrows, requestMsMax } from '../topology.ts';
import { type Customer, call, customerWith, definite, login, type Reply } from './client.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

const TEST_MS_MAX = 120_000;
/** For 4,500 orders: how many it takes until each replica has noticed is a matter of how quick they are. */
const CENTS = 1_000_000;
const HEALED_MS_MAX = 30_000;
/** Two gateways and two business-logic, each with what it has seen itself. */
const ENOUGH_FOR_ALL_REPLICAS = 12;
const CACHE_TTL_MS = arrows.reduce((most, arrow) => Math.max(most, 'cache' in arrow ? arrow.cache.ttlMs : 0), 0);
const [AUTH, REPORT, MENU] = arrows.flatMap((arrow) => ('degraded' in arrow ? [arrow.degraded.mark] : []));

let system: System;
let customer: Customer;
let staff: string;
beforeAll(async () => {
  system = await startSystem();
  customer = await customerWith(system.url, CENTS);
  staff = await login(system.url, system.demoAccount('staff'));
}, HOOK_MS_MAX);
afterEach(() => heal(system), TEST_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

const degradedOf = ({ headers }: Reply): string | null => headers.get('seams-degraded');
const order = (token = customer.token): Promise<Reply> =>
  call(`${system.url}/v1/orders`, {
    token,
    key: randomUUID(),
    body: { cafeId: 'harbour', items: [{ itemId: 'harbour-espresso', quantity: 1 }] },
  });
const menuOf = (cafeId: string): Promise<Reply> => call(`${system.url}/v1/cafes/${cafeId}/menu`);
const report = (token: string): Promise<Reply> => call(`${system.url}/v1/analytics/cafes/harbour`, { token });
const wallet = (token: string): Promise<Reply> => call(`${system.url}/v1/wallet`, { token });

async function often(ask: () => Promise<Reply>): Promise<Reply[]> {
  const replies: Reply[] = [];
  while (replies.length < ENOUGH_FOR_ALL_REPLICAS) replies.push(await ask());
  return replies;
}

/** As many good answers as it takes to have asked all replicas, without a mark. */
const untilUnmarked = (ask: () => Promise<Reply>): Promise<void> =>
  eventually(async () => {
    const replies = await often(ask);
    expect(replies.map((reply) => [reply.status < 300, degradedOf(reply)])).toEqual(replies.map(() => [true, null]));
  }, HEALED_MS_MAX);

/** Tokens that only the holder of the private key could make, or nobody: none of them is one of ours. */
async function forgeries(): Promise<[string, string][]> {
  const [stored] = await system.sql<{ kid: string; key: JWK; pub: JWK }>(
    'auth',
    'SELECT kid, private_jwk AS key, public_jwk AS pub FROM signing_keys WHERE retired_at IS NULL',
  );
  if (!stored) throw new Error('auth has no signing key');
  const { kid, pub } = stored;
  const key = await importJWK(stored.key, 'ES256');
  const nowS = Math.floor(Date.now() / 1_000);
  const claims = {
    iss: 'seams-auth',
    aud: 'seams',
    sub: customer.customerId,
    jti: randomUUID(),
    iat: nowS,
    exp: nowS + 900,
    roles: ['customer'],
    cafes: [],
  };
  const signed = (changes: object, header: object = {}): Promise<string> =>
    new SignJWT({ ...claims, ...changes } as JWTPayload)
      .setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt', ...header })
      .sign(key);
  const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const [header, payload, signature] = (await signed({})).split('.') as [string, string, string];
  const hmac = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', kid, typ: 'at+jwt' })
    .sign(new TextEncoder().encode(JSON.stringify(pub)));
  const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  return [
    ['alg none', `${encoded({ alg: 'none', kid, typ: 'at+jwt' })}.${payload}.${signature}`],
    ['HS256 with the public key', hmac],
    ['expired', await signed({ iat: nowS - 1_000, exp: nowS - 100 })],
    ['another audience', await signed({ aud: 'eve' })],
    ['another issuer', await signed({ iss: 'eve' })],
    ['another type', await signed({}, { typ: 'JWT' })],
    ['a kid that no key has', await signed({}, { kid: 'eve' })],
    ['one bit of the signature', `${header}.${payload}.${flipped}`],
    ['more rights', `${header}.${encoded({ ...claims, roles: ['operator'] })}.${signature}`],
    ['a psychic signature', `${header}.${payload}.${'A'.repeat(86)}`],
    ['a lifetime of its own', await signed({ iat: nowS - 5_000, exp: nowS + 5_000 })],
  ];
}

/** What becomes of each, by auth or by its keys. */
const judged = async (tokens: readonly [string, string][]): Promise<string[]> => {
  const endings: string[] = [];
  for (const [what, token] of tokens) {
    const { status, json } = await wallet(token);
    endings.push(`${what}: ${status} ${json.reason}`);
  }
  return endings;
};

describe('without auth', () => {
  it(
    'orders go on with a good token, marked in answer and trace; a forged one gets what auth would have said',
    async () => {
      const forged = await forgeries();
      const byAuth = await judged(forged);
      expect(byAuth.filter((ending) => !ending.includes(': 401 token_'))).toEqual([]);

      await freeze(system, 'auth-1');
      // What auth said a moment ago is used without asking; from then on each order goes by the keys.
      await eventually(async () => {
        const replies = await often(order);
        expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 201));
        expect(replies.map(degradedOf)).toEqual(replies.map(() => expect.stringMatching(`^${AUTH};age=\\d+$`)));
      }, CACHE_TTL_MS + HEALED_MS_MAX);
      expect(await judged(forged)).toEqual(byAuth);

      const marked = await order();
      const traceId = marked.headers.get('trace-id') as string;
      const says = ({ spans }: Trace): boolean =>
        spans.some((span) => String(tagOf(span, 'degraded')).startsWith(`${AUTH};age=`));
      const trace = await readTrace(system.tracesUrl, traceId, says, HEALED_MS_MAX);
      expect(trace && says(trace)).toBe(true);

      // What only auth can do is not done.
      const { email, password } = system.demoAccount('operator');
      expect([503, 504]).toContain((await call(`${system.url}/v1/auth/login`, { body: { email, password } })).status);

      await heal(system);
      await untilUnmarked(order);
    },
    TEST_MS_MAX,
  );

  it(
    'and with it: a disabled account is out within the seconds for which its answer is used again',
    async () => {
      const other = await customerWith(system.url, 1_000);
      await eventually(async () => {
        for (const { status } of await often(() => wallet(other.token))) expect(status).toBe(200);
      }, HEALED_MS_MAX);
      await system.sql('auth', `UPDATE identities SET disabled_at = now() WHERE subject = '${other.customerId}'`);
      const disabledAt = Date.now();
      let lastGoodAt = disabledAt;
      const asked = async (): Promise<Reply> => {
        const askedAt = Date.now();
        const reply = await wallet(other.token);
        // The keys of auth, which stand in when it is late, know of no account: what they let in is marked.
        if (reply.status === 200 && degradedOf(reply) === null) lastGoodAt = askedAt;
        return reply;
      };
      await eventually(async () => {
        for (const { json } of await often(asked)) expect(json.reason).toBe('identity_disabled');
      }, HEALED_MS_MAX);
      expect(lastGoodAt - disabledAt).toBeLessThan(CACHE_TTL_MS);
    },
    TEST_MS_MAX,
  );

  it(
    'killed: no order fails for it',
    async () => {
      await kill(system, 'auth-1');
      for (const reply of await often(order)) expect(reply.status).toBe(201);
      await untilReady(system, 'auth-1', HEALED_MS_MAX);
      await untilUnmarked(order);
    },
    TEST_MS_MAX,
  );
});

describe('without storage', () => {
  it(
    'menus are the last ones, marked with their age; orders are not sold on them, and end by their deadline',
    async () => {
      await untilUnmarked(() => menuOf('harbour'));
      const before = await menuOf('harbour');
      await Promise.all([freeze(system, 'storage-1'), freeze(system, 'storage-2')]);

      for (const reply of await often(() => menuOf('harbour'))) {
        expect([reply.status, degradedOf(reply)]).toEqual([200, expect.stringMatching(`^${MENU};age=\\d+$`)]);
        expect(reply.text).toBe(before.text);
      }
      for (let n = 0; n < 4; n++) {
        const reply = await order();
        expect([503, 504]).toContain(reply.status);
        expect(await msAtGateway(reply)).toBeLessThan(requestMsMax + 500); // 100 ms on a machine of its own
      }
      await heal(system);
      await untilUnmarked(() => menuOf('harbour'));
      expect((await definiteOrder()).status).toBe(201);
    },
    TEST_MS_MAX,
  );
});

/** What the gateway took for this answer, by its own clock: our process may get its turn late. */
async function msAtGateway({ headers }: Reply): Promise<number> {
  const answering = (trace: Trace): Span | undefined =>
    trace.spans.find((span) => serviceOf(trace, span) === 'gateway' && tagOf(span, 'span.kind') === 'server');
  const traceId = headers.get('trace-id') as string;
  const told = (trace: Trace): boolean => answering(trace) !== undefined;
  const trace = await readTrace(system.tracesUrl, traceId, told, HEALED_MS_MAX);
  const span = trace && answering(trace);
  if (!span) throw new Error(`the trace ${traceId} has no span of a gateway`);
  return span.duration / 1_000;
}

const definiteOrder = (): Promise<Reply> =>
  definite(`${system.url}/v1/orders`, {
    token: customer.token,
    key: randomUUID(),
    body: { cafeId: 'harbour', items: [{ itemId: 'harbour-espresso', quantity: 1 }] },
  });

describe('without analytics', () => {
  it(
    'staff get the last totals with their time, marked, and nobody else does',
    async () => {
      expect((await definiteOrder()).status).toBe(201);
      const before = await eventually(async () => {
        const replies = await often(() => report(staff));
        const [first] = replies as [Reply];
        expect(first.json.ordersTotal).toBeGreaterThan(0);
        expect(replies.map(({ text }) => text)).toEqual(replies.map(() => first.text));
        return first;
      }, HEALED_MS_MAX);
      await freeze(system, 'analytics-1');
      for (const reply of await often(() => report(staff))) {
        expect([reply.status, degradedOf(reply)]).toEqual([200, expect.stringMatching(`^${REPORT};age=\\d+$`)]);
        expect(reply.text).toBe(before.text);
        expect(JSON.parse(reply.text)).toMatchObject({ asOf: expect.stringMatching(/^\d{4}-/) });
      }
      for (const reply of await often(() => report(customer.token))) {
        expect([503, 504]).toContain(reply.status);
        expect(reply.text).not.toContain('ordersTotal');
      }
      // Where auth is late for a moment an order is marked too, but not for analytics.
      await eventually(async () => expect([(await order()).status, degradedOf(await order())]).toEqual([201, null]));
      await heal(system);
      await untilUnmarked(() => report(staff));
    },
    TEST_MS_MAX,
  );
});
