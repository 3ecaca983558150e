import type { CallContext } from '@seams/call';
import type { Tokens } from '@seams/contracts';
import type { NewRefreshToken } from './session-store.ts';

/** Whom tokens are made for. */
export interface Holder {
  readonly subject: string;
  readonly roles: readonly string[];
  readonly cafeIds: readonly string[];
}

/** What making tokens needs. */
export interface Issuer {
  readonly accessTokenS: number;
  readonly refreshTokenS: number;
  signAccessToken(ctx: CallContext, holder: Holder): Promise<string>;
  /** A secret of 32 random bytes, and its SHA-256, which is all that is stored. */
  newRefreshSecret(): { readonly secret: string; readonly hash: Uint8Array };
  newId(): string;
  now(): number;
}

export interface Session {
  readonly subject: string;
  readonly tokens: Tokens;
}

/** A pair of tokens. The refresh token opens a family of its own; whoever asked stores it before handing out the pair. */
export async function issueTokens(
  issuer: Issuer,
  ctx: CallContext,
  holder: Holder,
): Promise<{ session: Session; refreshToken: NewRefreshToken }> {
  const { secret, refreshToken } = newRefreshToken(issuer, issuer.newId());
  return { session: await sessionOf(issuer, ctx, holder, secret), refreshToken };
}

export function newRefreshToken(issuer: Issuer, family: string): { secret: string; refreshToken: NewRefreshToken } {
  const { secret, hash } = issuer.newRefreshSecret();
  const issuedAt = issuer.now();
  return { secret, refreshToken: { hash, family, issuedAt, expiresAt: issuedAt + issuer.refreshTokenS * 1_000 } };
}

/** What the client is given. */
export async function sessionOf(issuer: Issuer, ctx: CallContext, holder: Holder, secret: string): Promise<Session> {
  const tokens: Tokens = {
    accessToken: await issuer.signAccessToken(ctx, holder),
    accessExpiresInS: issuer.accessTokenS,
    refreshToken: secret,
    refreshExpiresInS: issuer.refreshTokenS,
  };
  return { subject: holder.subject, tokens };
}
