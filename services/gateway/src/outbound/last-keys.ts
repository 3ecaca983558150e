import { ALGORITHM, type Claims, keyNameOf, type TokenRules, tokenRefused, verifiedClaims } from '@seams/access-tokens';
import type { Principal } from '@seams/contracts';
import { type CryptoKey, importJWK, type JWK } from 'jose';

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

export interface LastKeysOptions extends TokenRules {
  /** Keys are not used when they were given longer ago. */
  readonly ageMsMax: number;
  monotonicMs(): number;
}

export function lastKeys(options: LastKeysOptions): LastKeys {
  let kept: { readonly keys: ReadonlyMap<string, CryptoKey>; readonly at: number } | undefined;
  return {
    keep: async (jwksJson) => {
      // Those of the answer and no others: a key that auth took back must not go on here.
      const keys = await keysOf(jwksJson);
      kept = { keys, at: options.monotonicMs() };
    },
    get kept() {
      return kept !== undefined;
    },
    judge: async (token) => {
      const name = keyNameOf(token);
      const keysAgeMs = options.monotonicMs() - (kept?.at ?? 0);
      const key = keysAgeMs <= options.ageMsMax ? kept?.keys.get(name) : undefined;
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
