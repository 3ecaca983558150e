import { hash } from 'node:crypto';
import { Cache, SingleFlight } from '@seams/cache';
import { type CallContext, FAILURES, Failure, throwIfOver, withDeadline } from '@seams/call';
import { annotate } from '@seams/telemetry';
import type { Auth, Identified } from './auth.ts';

export interface PrincipalCacheOptions {
  /** How long an answer of auth is used again; 0 asks auth for each request. */
  readonly ttlMs: number;
  /** The wall clock, for the end of the token. */
  now(): number;
  monotonicMs(): number;
}

/** Some 400 bytes each, so 2 MB. */
const ENTRIES_MAX = 4_096;

/**
 * Caches whose token it is: a call to auth, with a signature and a look-up, is a fifth of what an order costs. The price is that a
 * disabled account or a changed role is noticed one ttl later (`cache` of the arrow in topology.ts). A refusal is not cached, and
 * evicts the entry. The key is the token's hash, because the token itself would let anybody in.
 */
export function cachedPrincipals(auth: Auth, { ttlMs, now, monotonicMs }: PrincipalCacheOptions): Auth {
  const cache = new Cache<Identified>({ entriesMax: ENTRIES_MAX, monotonicMs });
  const flights = new SingleFlight<Identified>();

  const ask = async (ctx: CallContext, accessToken: string, key: string): Promise<Identified> => {
    const readAt = monotonicMs();
    try {
      const identified = await auth.authenticate(ctx, accessToken);
      cache.set(key, identified, readAt);
      return identified;
    } catch (thrown) {
      if (isRefusal(thrown)) cache.delete(key);
      throw thrown;
    }
  };

  /** Joins a call that is running. If its caller left or had less time, that says nothing about this token: then auth is asked again. */
  const askShared = async (ctx: CallContext, accessToken: string, key: string): Promise<Identified> => {
    let joined = true;
    const flight = flights.share(key, () => {
      joined = false;
      return ask(ctx, accessToken, key);
    });
    if (!joined) return flight;
    annotate({ 'auth.shared': true });
    try {
      return await withDeadline(ctx, flight);
    } catch (thrown) {
      if (isRefusal(thrown)) throw thrown;
      throwIfOver(ctx);
      return ask(ctx, accessToken, key);
    }
  };

  return {
    ...auth,
    authenticate: async (ctx, accessToken) => {
      // A lab's fault must strike this call, and no other one.
      if (ttlMs === 0 || ctx.faults || ctx.without) return auth.authenticate(ctx, accessToken);
      const key = hash('sha256', accessToken, 'base64url');
      const cached = cache.get(key, ttlMs);
      if (!cached || now() >= (cached.value.expiresAtMs ?? 0)) return askShared(ctx, accessToken, key);
      annotate({ 'auth.cached': true, 'auth.age_ms': cached.ageMs });
      return cached.value;
    },
  };
}

/** auth said no. Any other failure means that auth could not be asked. */
const isRefusal = (thrown: unknown): boolean => FAILURES[Failure.from(thrown).kind].outcome === 'refused';
