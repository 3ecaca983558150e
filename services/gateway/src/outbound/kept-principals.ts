import { hash } from 'node:crypto';
import { type CallContext, FAILURES, Failure } from '@seams/call';
import { annotate } from '@seams/telemetry';
import type { Auth, Identified } from './auth.ts';

export interface KeptLimits {
  /** How long an answer is used again; 0 asks each time. */
  readonly ageMsMax: number;
  /** The wall clock, for the end of the token. */
  now(): number;
  /** The age of an answer: a wall clock set back would keep a disabled account for as long. */
  monotonicMs(): number;
}

/** Some 400 bytes each, so 2 MB. */
const KEPT_MAX = 4_096;

interface Kept {
  readonly identified: Identified;
  readonly askedAt: number;
  /** Unix time in milliseconds: the end of the token. */
  readonly expiresAtMs: number;
}

interface Asking {
  readonly deadlineAt: number;
  readonly answer: Promise<Identified>;
}

/**
 * Asks auth once for what the same token would ask again and again within seconds: a call with a signature and a look-up
 * is a fifth of what an order costs. The price is that a disabled account, or a changed role, is noticed so much later
 * (`kept` of the arrow in topology.ts). Only what auth said yes to is kept, never beyond the token's own end; a no is
 * asked for each time, and takes away what was kept. By the token's hash: what would let anybody in does not lie around.
 */
export function keptPrincipals(auth: Auth, { ageMsMax, now, monotonicMs }: KeptLimits): Auth {
  const kept = new Map<string, Kept>();
  const asking = new Map<string, Asking>();
  const isFresh = ({ askedAt, expiresAtMs }: Kept): boolean =>
    monotonicMs() - askedAt < ageMsMax && now() < expiresAtMs;

  const ask = async (ctx: CallContext, accessToken: string, name: string): Promise<Identified> => {
    const askedAt = monotonicMs();
    try {
      const identified = await auth.authenticate(ctx, accessToken);
      const answer: Kept = { identified, askedAt, expiresAtMs: identified.expiresAtMs ?? 0 };
      kept.delete(name); // the newest stands last
      if (isFresh(answer)) kept.set(name, answer);
      if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value as string);
      return identified;
    } catch (thrown) {
      if (isAnswer(thrown)) kept.delete(name);
      throw thrown;
    }
  };

  /** Whoever comes while the same is being asked waits for that, if it ends in their time. */
  const askTogether = (ctx: CallContext, accessToken: string, name: string): Promise<Identified> => {
    const running = asking.get(name);
    if (running && running.deadlineAt <= ctx.deadlineAt) {
      // What became of another one's call (it was cut off, its caller left) says nothing about ours.
      annotate({ 'auth.shared': true });
      return running.answer.catch((thrown: unknown) => {
        if (isAnswer(thrown)) throw thrown;
        return ask(ctx, accessToken, name);
      });
    }
    const answer = ask(ctx, accessToken, name).finally(() => {
      if (asking.get(name)?.answer === answer) asking.delete(name);
    });
    asking.set(name, { deadlineAt: ctx.deadlineAt, answer });
    return answer;
  };

  return {
    ...auth,
    authenticate: async (ctx, accessToken) => {
      // What a lab does to this call must happen to it, and to nobody else's.
      if (ageMsMax === 0 || ctx.faults || ctx.without) return auth.authenticate(ctx, accessToken);
      const name = hash('sha256', accessToken, 'base64url');
      const last = kept.get(name);
      if (!last || !isFresh(last)) return askTogether(ctx, accessToken, name);
      annotate({ 'auth.cached': true, 'auth.age_ms': monotonicMs() - last.askedAt });
      return last.identified;
    },
  };
}

/** That auth has said no, rather than that it could not be asked. */
const isAnswer = (thrown: unknown): boolean => FAILURES[Failure.from(thrown).kind].outcome === 'refused';
