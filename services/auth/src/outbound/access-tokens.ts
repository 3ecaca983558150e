import { ALGORITHM, keyNameOf, type TokenRules, TYPE, tokenRefused, verifiedClaims } from '@seams/access-tokens';
import type { CallContext } from '@seams/call';
import { SignJWT } from 'jose';
import type { Holder } from '../sessions/issue-tokens.ts';
import type { KeyRing } from './key-ring.ts';

export interface AccessTokens {
  sign(ctx: CallContext, holder: Holder): Promise<string>;
  /** @throws Failure anonymous/token_missing, _malformed, _expired or _invalid for any text that is not a valid token */
  verify(ctx: CallContext, token: string): Promise<{ readonly subject: string; readonly expiresAt: number }>;
}

export interface AccessTokenOptions extends TokenRules {
  readonly keys: KeyRing;
  newId(): string;
}

export function openAccessTokens(options: AccessTokenOptions): AccessTokens {
  return {
    sign: async (ctx, { subject, roles, cafeIds }) => {
      const { kid, key } = await options.keys.signer(ctx);
      const nowS = Math.floor(options.now() / 1_000);
      return new SignJWT({ roles, cafes: cafeIds })
        .setProtectedHeader({ alg: ALGORITHM, kid, typ: TYPE })
        .setIssuer(options.issuer)
        .setAudience(options.audience)
        .setSubject(subject)
        .setJti(options.newId())
        .setIssuedAt(nowS)
        .setExpirationTime(nowS + options.lifetimeS)
        .sign(key);
    },
    verify: async (ctx, token) => {
      const key = await options.keys.verifier(ctx, keyNameOf(token));
      if (!key) throw tokenRefused('token_invalid');
      const { subject, expiresAt } = await verifiedClaims(key, token, options);
      return { subject, expiresAt };
    },
  };
}
