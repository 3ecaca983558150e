import { type CallContext, Failure, remainingMs, rootContext } from '@seams/call';
import { type Background, rest } from '@seams/lifecycle';
import type { Logger } from '@seams/telemetry';
import type { Auth } from './auth.ts';
import type { JwksCache } from './jwks-cache.ts';

/**
 * Asks auth whose token it is, and verifies the token by the cached keys when auth can't be asked. A refusal by auth stays a refusal.
 * @param answerMs what a request must have left for a timeout to count as auth's: a client with a short deadline must not get
 *   around what only auth knows
 */
export function withLocalKeys(auth: Auth, jwks: JwksCache, answerMs: number): Auth {
  return {
    ...auth,
    authenticate: async (ctx, accessToken) => {
      const isPatient = remainingMs(ctx) >= answerMs;
      try {
        return await auth.authenticate(ctx, accessToken);
      } catch (thrown) {
        if (!isUnavailable(thrown, isPatient)) throw thrown;
        const verified = await jwks.verify(accessToken);
        if (!verified) throw thrown;
        return { principal: verified.principal, degraded: { mark: 'auth=local-keys', ageMs: verified.keysAgeMs } };
      }
    },
  };
}

function isUnavailable(thrown: unknown, isPatient: boolean): boolean {
  const { kind } = Failure.from(thrown);
  return kind === 'unavailable' || (kind === 'timed_out' && isPatient);
}

/** Two gateways cost auth nothing at this rate, and a new key is known here soon after its first token. */
const REFRESH_MS = 10_000;
const FIRST_RETRY_MS = 150;
const ANSWER_MS_MAX = 2_000;

interface Refreshing {
  readonly fetchJwks: (ctx: CallContext) => Promise<string>;
  readonly jwks: JwksCache;
  readonly log: Logger;
}

/** Fetches the keys every ten seconds. When that fails, the cached ones stay, and age. */
export function refreshingJwks({ fetchJwks, jwks, log }: Refreshing): Background {
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await fetchJwks(rootContext({ atMostMs: ANSWER_MS_MAX, signal }))
        .then((jwksJson) => jwks.store(jwksJson))
        .catch((error: unknown) => {
          if (jwks.isLoaded && !signal.aborted)
            log.warn({ error: String(error) }, 'the keys of auth could not be fetched');
        });
      await rest(jwks.isLoaded ? REFRESH_MS : FIRST_RETRY_MS, signal);
    }
  };
  return {
    start: async () => {
      running = run();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
