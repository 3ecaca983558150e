/**
 * What an access token of ours is, for auth, which makes them, and for a gateway that must judge one while auth is down.
 * Where keys come from is each one's own matter; what they accept is the same.
 */
import { Failure } from '@seams/call';
import { type CryptoKey, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';

export const ALGORITHM = 'ES256';
/** RFC 9068: an access token and nothing else, so no other JWT of ours can pass for one. */
export const TYPE = 'at+jwt';
/** The clock of another replica may be ahead by this, so a token may come from the future. An end is an end. */
export const CLOCK_AHEAD_S_MAX = 60;
/** Ours are about 500 characters; somebody who works at a hundred cafés has 3,000. */
const LENGTH_MAX = 8_192;

export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  /** An older one is refused whatever end it names. */
  readonly lifetimeS: number;
  now(): number;
}

export interface Claims {
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** All that was signed, as it is. */
  readonly payload: JWTPayload;
}

type Fault = 'token_missing' | 'token_malformed' | 'token_expired' | 'token_invalid';

const MESSAGES: Readonly<Record<Fault, string>> = {
  token_missing: 'An access token is needed.',
  token_malformed: 'This is not an access token.',
  token_expired: 'The access token has expired. Refresh it.',
  token_invalid: 'The access token is not valid here.',
};

const SHAPE = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/**
 * 64 bytes in base64url, whose last letter carries 2 bits. jose reads the other 4 as nothing, so 16 texts would pass for
 * one token; whoever caches or revokes by the text counts on one.
 */
const SIGNATURE = /\.[\w-]{85}[AQgw]$/;
/** The SHA-256 thumbprint of a key (RFC 7638), as auth names its keys: what is written otherwise names none of ours, and never will. */
const KEY_NAME = /^[\w-]{43}$/;

/**
 * The name of the key that is to verify this token. Look it up among your own: a key, a URL or an algorithm that a token
 * brings is ignored.
 * @throws Failure anonymous/token_missing, _malformed or _invalid for any text that is no token of ours whatever key there is
 */
export function keyNameOf(token: string): string {
  if (token === '') throw tokenRefused('token_missing');
  if (token.length > LENGTH_MAX || !SHAPE.test(token)) throw tokenRefused('token_malformed');
  const { kid, alg, typ } = headerOf(token);
  if (alg !== ALGORITHM || typ !== TYPE || !SIGNATURE.test(token)) throw tokenRefused('token_invalid');
  if (typeof kid !== 'string' || !KEY_NAME.test(kid)) throw tokenRefused('token_invalid');
  return kid;
}

/** @throws Failure anonymous/token_expired or _invalid */
export async function verifiedClaims(key: CryptoKey, token: string, rules: TokenRules): Promise<Claims> {
  const payload = await verifiedBy(key, token, rules);
  const { sub, exp } = payload;
  if (typeof sub !== 'string' || sub === '' || exp === undefined) throw tokenRefused('token_invalid');
  const expiresAt = exp * 1_000;
  if (rules.now() >= expiresAt) throw tokenRefused('token_expired'); // jose's tolerance is for both ends
  return { subject: sub, expiresAt, payload };
}

export const tokenRefused = (reason: Fault, cause?: unknown): Failure =>
  new Failure('anonymous', reason, MESSAGES[reason], { cause });

function headerOf(token: string): { readonly kid?: unknown; readonly alg?: unknown; readonly typ?: unknown } {
  try {
    return decodeProtectedHeader(token);
  } catch (error) {
    throw tokenRefused('token_malformed', error);
  }
}

/** Whatever jose finds to say about a text that a stranger wrote, it is the stranger's fault, never a bug of ours. */
async function verifiedBy(key: CryptoKey, token: string, rules: TokenRules): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: rules.issuer,
      audience: rules.audience,
      requiredClaims: ['sub', 'jti', 'iat', 'exp'],
      maxTokenAge: rules.lifetimeS,
      clockTolerance: CLOCK_AHEAD_S_MAX,
      currentDate: new Date(rules.now()),
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw tokenRefused('token_expired', error);
    throw tokenRefused('token_invalid', error);
  }
}
