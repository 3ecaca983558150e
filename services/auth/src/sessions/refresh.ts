import { type CallContext, Failure } from '@seams/call';
import type { Db } from '@seams/postgres';
import { type Issuer, newRefreshToken, type Session, sessionOf } from './issue-tokens.ts';
import { decideRefresh, type RefreshDecision } from './refresh-token.ts';
import { findToken, replaceToken, revokeFamily } from './session-store.ts';

export interface Ports {
  readonly issuer: Issuer;
  readonly db: Db;
  readonly graceMs: number;
  hashOf(secret: string): Uint8Array;
}

const MESSAGES: Readonly<Record<Exclude<RefreshDecision, 'granted'>, string>> = {
  refresh_token_invalid: 'This is not a refresh token of ours.',
  identity_disabled: 'This account is disabled.',
  refresh_token_revoked: 'This session was ended. Log in again.',
  refresh_token_reused: 'This refresh token was used before, so the session is ended. Log in again.',
  refresh_token_expired: 'The session is over. Log in again.',
};

/** 32 bytes in base64url. */
const SECRET_SHAPE = /^[\w-]{43}$/;

/** Exchanges a refresh token for a new pair, once. What happens on a second use stands with decideRefresh. */
export const refreshWith = (world: Ports) =>
  async function refresh(ctx: CallContext, given: { readonly refreshToken: string }): Promise<Session> {
    if (!SECRET_SHAPE.test(given.refreshToken)) throw refused('refresh_token_invalid');
    const hash = world.hashOf(given.refreshToken);

    // A refusal leaves the transaction as a value: a throw would undo the end of the family.
    const { decision, holder, secret } = await world.db.transaction(ctx, async (tx) => {
      const known = await findToken(tx, hash);
      const now = world.issuer.now();
      const decision = decideRefresh(known, now, world);
      if (!known || decision !== 'granted') {
        if (known && decision === 'refresh_token_reused') await revokeFamily(tx, known.family, now);
        return { decision };
      }
      const { secret, refreshToken } = newRefreshToken(world.issuer, known.family);
      await replaceToken(tx, hash, refreshToken);
      return { decision, holder: known, secret };
    });
    if (!holder || decision !== 'granted') throw refused(decision === 'granted' ? 'refresh_token_invalid' : decision);

    // Signed after the commit, for it may have to load keys; if it fails, the grace lets the client ask again.
    return sessionOf(world.issuer, ctx, holder, secret);
  };

const refused = (reason: Exclude<RefreshDecision, 'granted'>): Failure =>
  new Failure('anonymous', reason, MESSAGES[reason]);
