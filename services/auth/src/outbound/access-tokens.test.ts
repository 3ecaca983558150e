import { beforeAll, describe, expect, it } from '@jest/globals';
import { CLOCK_AHEAD_S_MAX } from '@seams/access-tokens';
import { rootContext } from '@seams/call';
import fc from 'fast-check';
import { importJWK, type JWTPayload, SignJWT } from 'jose';
import type { SigningKey, SigningKeyStore, StoredKey } from '../access/signing-key-store.ts';
import { type AccessTokens, openAccessTokens } from './access-tokens.ts';
import { type KeyRing, newSigningKey, openKeyRing } from './key-ring.ts';

const NOW = 1_800_000_000_000;
const NOW_S = NOW / 1_000;
const LIFETIME_S = 900;
const ctx = rootContext({ atMostMs: 60_000, signal: new AbortController().signal });
const HOLDER = { subject: '01998b1e-0000-7000-8000-000000000001', roles: ['staff'], cafeIds: ['harbour'] };
const CLAIMS = { iss: 'seams-auth', aud: 'seams', sub: HOLDER.subject, jti: 'x', iat: NOW_S, exp: NOW_S + LIFETIME_S };

let clock = NOW;
const keys: StoredKey[] = [];
const store: SigningKeyStore = {
  readKeys: async () => [...keys],
  addFirstKey: async (_, key) => void keys.push({ ...key, retired: false }),
};
const ringAt = (monotonicMs: () => number): KeyRing =>
  openKeyRing({ store, verifiesAfterRetiredMs: 0, signal: ctx.signal, now: () => clock, monotonicMs });
let tokens: AccessTokens;
let token: string;
let stranger: SigningKey;

beforeAll(async () => {
  const ring = ringAt(() => clock);
  tokens = openAccessTokens({
    keys: ring,
    issuer: 'seams-auth',
    audience: 'seams',
    lifetimeS: LIFETIME_S,
    newId: () => 'x',
    now: () => clock,
  });
  token = await tokens.sign(ctx, HOLDER);
  stranger = await newSigningKey();
});

const ourKey = (): SigningKey => keys[0] as SigningKey;
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const partsOf = (text: string): [string, string, string] => text.split('.') as [string, string, string];

/** Signed with our own key: everything but what the row changes is right. */
async function signed(claims: JWTPayload, header: Record<string, unknown> = {}, key = ourKey()): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', kid: ourKey().kid, typ: 'at+jwt', ...header })
    .sign(await importJWK(key.privateJwk, 'ES256'));
}

async function hmacSigned(secret: string): Promise<string> {
  return new SignJWT(CLAIMS)
    .setProtectedHeader({ alg: 'HS256', kid: ourKey().kid, typ: 'at+jwt' })
    .sign(new TextEncoder().encode(secret));
}

async function endingOf(text: string, now = NOW): Promise<string> {
  clock = now;
  try {
    await tokens.verify(ctx, text);
    return 'ok';
  } catch (error) {
    const { kind, reason } = error as { kind?: string; reason?: string };
    return kind === 'anonymous' ? String(reason) : `a bug: ${String(error)}`;
  } finally {
    clock = NOW;
  }
}

const without = (claim: keyof typeof CLAIMS): JWTPayload => ({ ...CLAIMS, [claim]: undefined });

describe('an access token', () => {
  it('says whose it is and how long it is valid', async () => {
    await expect(tokens.verify(ctx, token)).resolves.toEqual({
      subject: HOLDER.subject,
      expiresAt: NOW + LIFETIME_S * 1_000,
    });
    const [header, payload] = partsOf(token).map((part) => Buffer.from(part, 'base64url').toString());
    expect(JSON.parse(String(header))).toEqual({ alg: 'ES256', kid: ourKey().kid, typ: 'at+jwt' });
    expect(JSON.parse(String(payload))).toEqual({ ...CLAIMS, roles: ['staff'], cafes: ['harbour'] });
  });

  it.each<[string, () => string | Promise<string>, string]>([
    ['as made', () => token, 'ok'],
    ['signed by hand with our key', () => signed(CLAIMS), 'ok'],
    ['none', () => '', 'token_missing'],
    ['one word', () => 'hello', 'token_malformed'],
    ['two parts', () => token.split('.').slice(0, 2).join('.'), 'token_malformed'],
    ['an extra dot', () => `${token}.`, 'token_malformed'],
    ['a fourth part', () => `${token}.AAAA`, 'token_malformed'],
    ['a space before it', () => ` ${token}`, 'token_malformed'],
    ['a line end after it', () => `${token}\n`, 'token_malformed'],
    ['padding', () => `${token}==`, 'token_malformed'],
    ['64 KB', () => 'A'.repeat(65_536), 'token_malformed'],
    [
      '64 KB in three parts',
      () => `${'A'.repeat(21_845)}.${'A'.repeat(21_845)}.${'A'.repeat(21_845)}`,
      'token_malformed',
    ],
    ['200,000 dots', () => '.'.repeat(200_000), 'token_malformed'],
    ['a header that is not JSON', () => `AAAA.${partsOf(token)[1]}.AAAA`, 'token_malformed'],
    ['a header that is null', () => `${encoded(null)}.e30.AAAA`, 'token_malformed'],
    ['a header that is a list', () => `${encoded([])}.e30.AAAA`, 'token_malformed'],
    ['truncated by one character', () => token.slice(0, -1), 'token_invalid'],
    ['no kid', () => signed(CLAIMS, { kid: undefined }), 'token_invalid'],
    ['an unknown kid', () => signed(CLAIMS, { kid: 'other' }), 'token_invalid'],
    ['a kid that is a path', () => signed(CLAIMS, { kid: '../../dev/null' }), 'token_invalid'],
    ['a kid that is SQL', () => signed(CLAIMS, { kid: "' OR 1=1 --" }), 'token_invalid'],
    ['a kid that is a number', () => `${encoded({ alg: 'ES256', kid: 1, typ: 'at+jwt' })}.e30.AAAA`, 'token_invalid'],
    ['the kid __proto__', () => signed(CLAIMS, { kid: '__proto__' }), 'token_invalid'],
    ['alg none', () => `${encoded({ alg: 'none', kid: ourKey().kid })}.${encoded(CLAIMS)}.AAAA`, 'token_invalid'],
    ['alg none and no signature', () => `${encoded({ alg: 'none' })}.${encoded(CLAIMS)}.`, 'token_malformed'],
    ['alg None', () => `${encoded({ alg: 'None', kid: ourKey().kid })}.${encoded(CLAIMS)}.AAAA`, 'token_invalid'],
    ['HS256 with the public key', () => hmacSigned(JSON.stringify(ourKey().publicJwk)), 'token_invalid'],
    ['HS256 with the x of the public key', () => hmacSigned(String(ourKey().publicJwk.x).padEnd(43)), 'token_invalid'],
    ['a stranger’s key', () => signed(CLAIMS, {}, stranger), 'token_invalid'],
    ['a stranger’s key in the header', () => signed(CLAIMS, { jwk: stranger.publicJwk }, stranger), 'token_invalid'],
    ['a jku', () => signed(CLAIMS, { jku: 'http://127.0.0.1:1/jwks', kid: stranger.kid }, stranger), 'token_invalid'],
    [
      'an unknown crit',
      () =>
        `${encoded({ alg: 'ES256', kid: ourKey().kid, typ: 'at+jwt', crit: ['x'], x: 1 })}.${partsOf(token)[1]}.${partsOf(token)[2]}`,
      'token_invalid',
    ],
    ['a signature of zeros', () => `${partsOf(token).slice(0, 2).join('.')}.${'A'.repeat(86)}`, 'token_invalid'],
    [
      'a signature of half the size',
      () => `${partsOf(token).slice(0, 2).join('.')}.${'A'.repeat(43)}`,
      'token_invalid',
    ],
    [
      'another payload',
      () => `${partsOf(token)[0]}.${encoded({ ...CLAIMS, sub: 'eve' })}.${partsOf(token)[2]}`,
      'token_invalid',
    ],
    ['another type', () => signed(CLAIMS, { typ: 'JWT' }), 'token_invalid'],
    ['no type', () => signed(CLAIMS, { typ: undefined }), 'token_invalid'],
    ['another issuer', () => signed({ ...CLAIMS, iss: 'eve' }), 'token_invalid'],
    ['no issuer', () => signed(without('iss')), 'token_invalid'],
    ['another audience', () => signed({ ...CLAIMS, aud: 'eve' }), 'token_invalid'],
    ['no audience', () => signed(without('aud')), 'token_invalid'],
    ['no subject', () => signed(without('sub')), 'token_invalid'],
    ['a subject that is a number', () => signed({ ...CLAIMS, sub: 1 as unknown as string }), 'token_invalid'],
    ['no id', () => signed(without('jti')), 'token_invalid'],
    ['no end', () => signed(without('exp')), 'token_invalid'],
    ['no beginning', () => signed(without('iat')), 'token_invalid'],
    ['an end that is a text', () => signed({ ...CLAIMS, exp: '9999999999' as unknown as number }), 'token_invalid'],
    ['a refresh token', () => 'A'.repeat(43), 'token_malformed'],
  ])('%s is judged', async (_, text, ending) => {
    expect(await endingOf(await text())).toBe(ending);
  });

  it.each([
    ['in its last second', { exp: NOW_S + 1 }, 'ok'],
    ['at its end', { exp: NOW_S }, 'token_expired'],
    ['an hour after its end', { iat: NOW_S - 4_500, exp: NOW_S - 3_600 }, 'token_expired'],
    ['from a clock that is as far ahead as may be', { iat: NOW_S + CLOCK_AHEAD_S_MAX }, 'ok'],
    ['from a clock that is further ahead', { iat: NOW_S + CLOCK_AHEAD_S_MAX + 1 }, 'token_invalid'],
    ['not valid yet, within the tolerance', { nbf: NOW_S + CLOCK_AHEAD_S_MAX }, 'ok'],
    ['not valid yet', { nbf: NOW_S + CLOCK_AHEAD_S_MAX + 1 }, 'token_invalid'],
    ['with an end beyond the lifetime, from long ago', { iat: NOW_S - 4_500, exp: NOW_S + 9_999 }, 'token_expired'],
  ])('%s is judged by our clock', async (_, claims, ending) => {
    expect(await endingOf(await signed({ ...CLAIMS, ...claims }))).toBe(ending);
  });

  it('with a signature that is written in another way is refused: one token has one text', async () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const endings = await Promise.all(Array.from(letters).map((letter) => endingOf(token.slice(0, -1) + letter)));
    expect(endings.filter((ending) => ending === 'ok')).toHaveLength(1);
  });

  it('with any character changed is refused, and never a bug', async () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+ \u0000é';
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom(...Array.from(letters)), async (at, letter) => {
        const changed = token.slice(0, at) + letter + token.slice(at + 1);
        if (changed === token) return;
        expect(await endingOf(changed)).toMatch(/^token_(malformed|invalid)$/);
      }),
      { numRuns: 300 },
    );
  });

  it('made of any text at all is refused, and never a bug', async () => {
    const part = fc.oneof(
      fc.json().map((json) => Buffer.from(json).toString('base64url')),
      fc.string(),
      fc.base64String(),
    );
    const text = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));
    await fc.assert(
      fc.asyncProperty(text, async (any) => {
        expect(await endingOf(any)).toMatch(/^token_(missing|malformed|invalid)$/);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the keys', () => {
  it('that are retired sign for 30 s more at most, although the wall clock is set back', async () => {
    let monotonic = 0;
    const [kept] = keys;
    const ring = ringAt(() => monotonic);
    const retired = await ring.signer(ctx);
    const next = await newSigningKey();
    keys.splice(0, 1, { ...(kept as StoredKey), retired: true }, { ...next, retired: false });
    clock -= 300_000;
    try {
      monotonic += 29_999;
      expect((await ring.signer(ctx)).kid).toBe(retired.kid);
      monotonic += 1;
      expect((await ring.signer(ctx)).kid).toBe(next.kid);
    } finally {
      clock = NOW;
      keys.splice(0, keys.length, kept as StoredKey);
    }
  });

  it('are published without their private halves', async () => {
    const ring = ringAt(() => clock);
    const { keys: published } = JSON.parse(await ring.jwksJson(ctx)) as { keys: Record<string, unknown>[] };
    expect(published).toEqual([expect.objectContaining({ kid: ourKey().kid, alg: 'ES256', use: 'sig', crv: 'P-256' })]);
    expect(published[0]).not.toHaveProperty('d');
  });
});
