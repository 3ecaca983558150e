import { type CallContext, Failure, remainingMs, rootContext } from '@seams/call';
import { type Background, rest } from '@seams/lifecycle';
import type { Logger } from '@seams/telemetry';
import type { Auth } from './auth.ts';
import type { LastKeys } from './last-keys.ts';

/**
 * Asks auth whose token it is, and judges it by auth's last keys when auth cannot be asked. A refusal by auth is an
 * answer and stays one.
 * @param answerMs what auth must have been given before its silence counts: a client that gives it less must not get
 *   around what only auth knows
 */
export function authOrItsKeys(auth: Auth, keys: LastKeys, answerMs: number): Auth {
  return {
    ...auth,
    authenticate: async (ctx, accessToken) => {
      const patient = remainingMs(ctx) >= answerMs;
      try {
        return await auth.authenticate(ctx, accessToken);
      } catch (thrown) {
        if (!cannotBeAsked(thrown, patient)) throw thrown;
        const judged = await keys.judge(accessToken);
        if (!judged) throw thrown;
        return { principal: judged.principal, degraded: { mark: 'auth=local-keys', ageMs: judged.keysAgeMs } };
      }
    },
  };
}

function cannotBeAsked(thrown: unknown, patient: boolean): boolean {
  const { kind } = Failure.from(thrown);
  return kind === 'unavailable' || (kind === 'timed_out' && patient);
}

/** Each of two gateways asks this often: nothing for auth, and a new key is known here soon after its first token. */
const EVERY_MS = 10_000;
const WHILE_NONE_MS = 150;
const ANSWER_MS_MAX = 2_000;

interface Keeping {
  readonly ask: (ctx: CallContext) => Promise<string>;
  readonly keys: LastKeys;
  readonly log: Logger;
}

/** Fetches the keys again and again. When that fails, those that are kept stay, and grow old. */
export function keepingKeys({ ask, keys, log }: Keeping): Background {
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> | undefined;
  const goOn = async (): Promise<void> => {
    while (!signal.aborted) {
      await ask(rootContext({ atMostMs: ANSWER_MS_MAX, signal }))
        .then((jwksJson) => keys.keep(jwksJson))
        .catch((error: unknown) => {
          if (keys.kept && !signal.aborted) log.warn({ error: String(error) }, 'the keys of auth could not be fetched');
        });
      await rest(keys.kept ? EVERY_MS : WHILE_NONE_MS, signal);
    }
  };
  return {
    start: async () => {
      running = goOn();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
