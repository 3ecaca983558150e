import { type CallContext, Failure } from '@seams/call';
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { Holder } from '../sessions/issue-tokens.ts';
import { ALGORITHM, type KeyRing } from './key-ring.ts';

export interface AccessTokens {
  sign(ctx: CallContext, holder: Holder): Promise<string>;
  /** @throws Failure anonymous/token_missing, _malformed, _expired or _invalid for any text that is not a valid token */
  verify(ctx: CallContext, token: string): Promise<{ readonly subject: string; readonly expiresAt: number }>;
}

export interface AccessTokenOptions {
  readonly keys: KeyRing;
  readonly issuer: string;
  readonly audience: string;
  readonly lifetimeS: number;
  newId(): string;
  now(): number;
}

/** RFC 9068: an access token and nothing else, so no other JWT of ours can pass for one. */
const TYPE = 'at+jwt';
/** The clock of another replica may be ahead by this, so a token may come from the future. An end is an end. */
export const CLOCK_AHEAD_S_MAX = 60;
/** Ours are about 500 characters; somebody who works at a hundred cafés has 3,000. */
const TOKEN_LENGTH_MAX = 8_192;

type TokenFault = 'token_missing' | 'token_malformed' | 'token_expired' | 'token_invalid';

const MESSAGES: Readonly<Record<TokenFault, string>> = {
  token_missing: 'An access token is needed.',
  token_malformed: 'This is not an access token.',
  token_expired: 'The access token has expired. Refresh it.',
  token_invalid: 'The access token is not valid here.',
};

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
      if (token === '') throw refused('token_missing');
      // The key comes from our store by its name alone: a key, a URL or an algorithm that the token brings is ignored.
      const key = await options.keys.verifier(ctx, kidOf(token));
      if (!key) throw refused('token_invalid');
      const payload = await verifiedBy(key, token, options);
      return claimsOf(payload, options.now());
    },
  };
}

const SHAPE = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/**
 * 64 bytes in base64url, whose last letter carries 2 bits. jose reads the other 4 as nothing, so 16 texts would pass for
 * one token; whoever caches or revokes by the text counts on one.
 */
const SIGNATURE = /\.[\w-]{85}[AQgw]$/;

function kidOf(token: string): string {
  if (token.length > TOKEN_LENGTH_MAX || !SHAPE.test(token)) throw refused('token_malformed');
  const { kid, alg } = headerOf(token);
  if (typeof kid !== 'string' || alg !== ALGORITHM || !SIGNATURE.test(token)) throw refused('token_invalid');
  return kid;
}

function headerOf(token: string): { readonly kid?: unknown; readonly alg?: unknown } {
  try {
    return decodeProtectedHeader(token);
  } catch (error) {
    throw refused('token_malformed', error);
  }
}

type VerifyKey = Awaited<ReturnType<KeyRing['verifier']>> & object;

/** Whatever jose finds to say about a text that a stranger wrote, it is the stranger's fault, never a bug of ours. */
async function verifiedBy(key: VerifyKey, token: string, options: AccessTokenOptions): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: options.issuer,
      audience: options.audience,
      requiredClaims: ['sub', 'jti', 'iat', 'exp'],
      maxTokenAge: options.lifetimeS,
      clockTolerance: CLOCK_AHEAD_S_MAX,
      currentDate: new Date(options.now()),
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw refused('token_expired', error);
    throw refused('token_invalid', error);
  }
}

function claimsOf({ sub, exp }: JWTPayload, now: number): { subject: string; expiresAt: number } {
  if (typeof sub !== 'string' || exp === undefined) throw refused('token_invalid');
  const expiresAt = exp * 1_000;
  if (now >= expiresAt) throw refused('token_expired'); // jose's tolerance is for both ends
  return { subject: sub, expiresAt };
}

const refused = (reason: TokenFault, cause?: unknown): Failure =>
  new Failure('anonymous', reason, MESSAGES[reason], { cause });
