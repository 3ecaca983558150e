import { ALGORITHM, type Claims, keyNameOf, type TokenRules, tokenRefused, verifiedClaims } from '@seams/access-tokens';
import type { Principal } from '@seams/contracts';
import { type CryptoKey, importJWK, type JWK } from 'jose';

/** The public keys of auth (a JWKS document), to verify tokens when auth can't be asked. */
export interface JwksCache {
  /** @throws Error when this is no key set of auth; the cached keys stay */
  store(jwksJson: string): Promise<void>;
  readonly isLoaded: boolean;
  /**
   * Whose token this is, by its signature and its claims; a disabled account is not noticed here.
   * Undefined when that can't be decided: there are no keys, they are too old, or auth may have made the key since.
   * @throws Failure anonymous/token_malformed, _expired or _invalid
   */
  verify(token: string): Promise<Verified | undefined>;
}

export interface Verified {
  readonly principal: Principal;
  readonly keysAgeMs: number;
}

export interface JwksCacheOptions extends TokenRules {
  /** Keys that were fetched longer ago are not used. */
  readonly staleMsMax: number;
  monotonicMs(): number;
}

export function jwksCache(options: JwksCacheOptions): JwksCache {
  let cached: { readonly keys: ReadonlyMap<string, CryptoKey>; readonly at: number } | undefined;
  return {
    store: async (jwksJson) => {
      // No key of before stays: auth may have revoked it.
      const keys = await keysOf(jwksJson);
      cached = { keys, at: options.monotonicMs() };
    },
    get isLoaded() {
      return cached !== undefined;
    },
    verify: async (token) => {
      const name = keyNameOf(token);
      const keysAgeMs = options.monotonicMs() - (cached?.at ?? 0);
      const key = keysAgeMs <= options.staleMsMax ? cached?.keys.get(name) : undefined;
      if (!key) return undefined;
      return { principal: principalOf(await verifiedClaims(key, token, options)), keysAgeMs };
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

function principalOf({ subject, payload: { roles, cafes } }: Claims): Principal {
  if (!isTexts(roles) || !isTexts(cafes)) throw tokenRefused('token_invalid');
  return { subject, roles, cafeIds: cafes };
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
