import { Failure } from '@seams/call';
import type { Principal } from '@seams/contracts';
import { type CryptoKey, decodeProtectedHeader, errors, importJWK, type JWK, type JWTPayload, jwtVerify } from 'jose';

/** The public keys of auth as it last gave them, for when it cannot be asked. */
export interface LastKeys {
  /** @throws Error when this is no key set of auth; what was kept before stays */
  keep(jwksJson: string): Promise<void>;
  readonly kept: boolean;
  /**
   * Whose token this is, by its signature and its own claims: nobody knows here whether the account was disabled since.
   * Undefined when that cannot be judged: there are no keys, they are too old, or auth may have made the key since.
   * @throws Failure anonymous/token_malformed, _expired or _invalid
   */
  judge(token: string): Promise<Judged | undefined>;
}

export interface Judged {
  readonly principal: Principal;
  readonly keysAgeMs: number;
}

export interface LastKeysOptions {
  readonly issuer: string;
  readonly audience: string;
  /** Of an access token: an older one is refused whatever end it names. */
  readonly lifetimeS: number;
  /** Keys are not used when they were given longer ago. */
  readonly ageMsMax: number;
  now(): number;
}

// The rules of services/auth/src/outbound/access-tokens.ts; e2e/degraded-and-says-so.test.ts holds both to one table.
const ALGORITHM = 'ES256';
const TYPE = 'at+jwt';
const CLOCK_AHEAD_S_MAX = 60;
const TOKEN_LENGTH_MAX = 8_192;
const SHAPE = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** 64 bytes in base64url, whose last letter carries 2 bits: one token has one text. */
const SIGNATURE = /\.[\w-]{85}[AQgw]$/;
/** The SHA-256 thumbprint of a key (RFC 7638), as auth names its keys. No other name can be one of a newer key. */
const KID = /^[\w-]{43}$/;

type TokenFault = 'token_malformed' | 'token_expired' | 'token_invalid';

const MESSAGES: Readonly<Record<TokenFault, string>> = {
  token_malformed: 'This is not an access token.',
  token_expired: 'The access token has expired. Refresh it.',
  token_invalid: 'The access token is not valid here.',
};

export function lastKeys(options: LastKeysOptions): LastKeys {
  let kept: { readonly keys: ReadonlyMap<string, CryptoKey>; readonly at: number } | undefined;
  return {
    keep: async (jwksJson) => {
      // Those of the answer and no others: a key that auth took back must not go on here.
      const keys = await keysOf(jwksJson);
      kept = { keys, at: options.now() };
    },
    get kept() {
      return kept !== undefined;
    },
    judge: async (token) => {
      const kid = kidOf(token);
      const keysAgeMs = options.now() - (kept?.at ?? 0);
      const key = keysAgeMs <= options.ageMsMax ? kept?.keys.get(kid) : undefined;
      if (!key) return undefined;
      return { principal: principalOf(await verifiedBy(key, token, options), options.now()), keysAgeMs };
    },
  };
}

async function keysOf(jwksJson: string): Promise<Map<string, CryptoKey>> {
  const { keys } = JSON.parse(jwksJson) as { keys: JWK[] };
  const ours = keys.filter(({ kty, crv, alg, kid }) => kty === 'EC' && crv === 'P-256' && alg === ALGORITHM && kid);
  if (ours.length === 0) throw new Error('auth gave no key that verifies its tokens');
  // An EC key is never the bytes that importJWK gives for a symmetric one.
  const imported = ours.map(async (jwk) => [String(jwk.kid), (await importJWK(jwk, ALGORITHM)) as CryptoKey] as const);
  return new Map(await Promise.all(imported));
}

/** The key comes from what auth gave, by its name alone: a key, a URL or an algorithm that the token brings is ignored. */
function kidOf(token: string): string {
  if (token.length > TOKEN_LENGTH_MAX || !SHAPE.test(token)) throw refused('token_malformed');
  const { kid, alg, typ } = headerOf(token);
  if (alg !== ALGORITHM || typ !== TYPE || !SIGNATURE.test(token)) throw refused('token_invalid');
  if (typeof kid !== 'string' || !KID.test(kid)) throw refused('token_invalid');
  return kid;
}

function headerOf(token: string): { readonly kid?: unknown; readonly alg?: unknown; readonly typ?: unknown } {
  try {
    return decodeProtectedHeader(token);
  } catch (error) {
    throw refused('token_malformed', error);
  }
}

async function verifiedBy(key: CryptoKey, token: string, options: LastKeysOptions): Promise<JWTPayload> {
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

function principalOf({ sub, exp, roles, cafes }: JWTPayload, now: number): Principal {
  if (typeof sub !== 'string' || sub === '' || exp === undefined) throw refused('token_invalid');
  if (now >= exp * 1_000) throw refused('token_expired'); // jose's tolerance is for both ends
  if (!isTexts(roles) || !isTexts(cafes)) throw refused('token_invalid');
  return { subject: sub, roles, cafeIds: cafes };
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

const refused = (reason: TokenFault, cause?: unknown): Failure =>
  new Failure('anonymous', reason, MESSAGES[reason], { cause });
