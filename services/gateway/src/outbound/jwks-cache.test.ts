import { describe, expect, it } from '@jest/globals';
import { Failure } from '@seams/call';
import fc from 'fast-check';
import { claimsAt, forgeries, jwksJson, newerJwksJson, SUBJECT, signed, TOKENS } from '../../test/tokens.ts';
import { type JwksCache, jwksCache } from './jwks-cache.ts';

const NOW = 1_800_000_000_000;
const claims = claimsAt(NOW / 1_000);
const STALE_MS_MAX = 900_000;
const FORGERIES = await forgeries(NOW / 1_000);

interface Clocked extends JwksCache {
  later(ms: number): void;
  stepWallClock(ms: number): void;
}

async function keysWith(jwks: string | undefined): Promise<Clocked> {
  let [now, monotonic] = [NOW, 0];
  const { TOKEN_ISSUER: issuer, TOKEN_AUDIENCE: audience, ACCESS_TOKEN_S: lifetimeS } = TOKENS;
  const keys = jwksCache({
    issuer,
    audience,
    lifetimeS,
    staleMsMax: STALE_MS_MAX,
    now: () => now,
    monotonicMs: () => monotonic,
  });
  if (jwks !== undefined) await keys.store(jwks);
  return Object.assign(Object.create(keys) as JwksCache, {
    later: (ms: number) => {
      now += ms;
      monotonic += ms;
    },
    stepWallClock: (ms: number) => {
      now += ms;
    },
  });
}

async function endingOf(keys: JwksCache, token: string): Promise<string> {
  try {
    return (await keys.verify(token)) ? 'ok' : 'undecided';
  } catch (error) {
    const { kind, reason } = Failure.from(error);
    return kind === 'anonymous' ? reason : `a ${kind}`;
  }
}

describe('a token, judged by the last keys of auth', () => {
  it('is for whom its claims say, and tells the age of the keys', async () => {
    const keys = await keysWith(jwksJson());
    keys.later(12_000);
    await expect(keys.verify(await signed({ ...claims, roles: ['staff'], cafes: ['harbour'] }))).resolves.toEqual({
      principal: { subject: SUBJECT, roles: ['staff'], cafeIds: ['harbour'] },
      keysAgeMs: 12_000,
    });
  });

  it.each(FORGERIES)('with %s is refused', async (_, token, reason) => {
    expect(await endingOf(await keysWith(jwksJson()), token)).toBe(reason);
  });

  it('with any character changed is refused, and never a bug', async () => {
    const keys = await keysWith(jwksJson());
    const token = await signed(claims);
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+ é';
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom(...Array.from(letters)), async (at, letter) => {
        const changed = token.slice(0, at) + letter + token.slice(at + 1);
        if (changed === token) return;
        // A changed name of the key may be that of a newer one: then nobody here can tell, and it is not accepted.
        expect(await endingOf(keys, changed)).toMatch(/^(token_(malformed|invalid)|undecided)$/);
      }),
      { numRuns: 300 },
    );
  });

  it('is undecided without keys, by a newer key, or by keys that are too old', async () => {
    const token = await signed(claims);
    expect(await endingOf(await keysWith(undefined), token)).toBe('undecided');
    expect(await endingOf(await keysWith(newerJwksJson()), token)).toBe('undecided');
    const keys = await keysWith(jwksJson());
    keys.later(STALE_MS_MAX + 1);
    const fresh = await signed(claimsAt((NOW + STALE_MS_MAX + 1) / 1_000 - 1));
    expect(await endingOf(keys, fresh)).toBe('undecided');
  });
});

describe('the keys', () => {
  it('grow old although the wall clock is set back', async () => {
    const keys = await keysWith(jwksJson());
    keys.later(STALE_MS_MAX + 1);
    keys.stepWallClock(-STALE_MS_MAX);
    expect(await endingOf(keys, await signed(claimsAt(NOW / 1_000)))).toBe('undecided');
  });

  it('stay when what comes is no key set, and go when auth takes them back', async () => {
    const keys = await keysWith(jwksJson());
    const symmetric = JSON.stringify({ keys: [{ kty: 'oct', kid: 'x', alg: 'HS256', k: 'AAAA' }] });
    for (const wrong of ['', 'null', '{}', '{"keys":[]}', symmetric]) await expect(keys.store(wrong)).rejects.toThrow();
    expect(await endingOf(keys, await signed(claims))).toBe('ok');
    await keys.store(newerJwksJson());
    expect(await endingOf(keys, await signed(claims))).toBe('undecided');
  });
});
