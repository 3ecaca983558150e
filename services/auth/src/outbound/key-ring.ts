import { ALGORITHM } from '@seams/access-tokens';
import { type CallContext, Failure, rootContext, throwIfOver } from '@seams/call';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import type { SigningKey, SigningKeyStore, StoredKey } from '../access/signing-key-store.ts';

export interface KeyRing {
  signer(ctx: CallContext): Promise<{ readonly kid: string; readonly key: CryptoKey }>;
  /** The public key of this name, or undefined: then no replica made a token with it. */
  verifier(ctx: CallContext, kid: string): Promise<CryptoKey | undefined>;
  /** RFC 7517, public halves only. */
  jwksJson(ctx: CallContext): Promise<string>;
}

export interface KeyRingOptions {
  readonly store: SigningKeyStore;
  /** A key verifies for this long after it was retired: until the last token that it signed has expired. */
  readonly verifiesAfterRetiredMs: number;
  /** Fires when the process stops. */
  readonly signal: AbortSignal;
  /** The wall clock, for when a key was retired. */
  now(): number;
  /** The age of the ring: a wall clock set back would have a retired key sign for as long. */
  monotonicMs(): number;
}

interface Ring {
  readonly loadedAt: number;
  readonly signer: { readonly kid: string; readonly key: CryptoKey };
  readonly verifiers: ReadonlyMap<string, CryptoKey>;
  readonly jwksJson: string;
}

/** A retired key stops signing on every replica after this. */
const AGE_MS_MAX = 30_000;
/** An unknown name asks the store, for another replica may have made the key; a flood of invented names does not. */
const RELOAD_EVERY_MS_MIN = 1_000;
const LOAD_MS_MAX = 1_000;

/** The signing keys as last seen in the store, with the first one made when there is none. */
export function openKeyRing(options: KeyRingOptions): KeyRing {
  let current: Ring | undefined;
  let loading: Promise<Ring> | undefined;

  // All who wait share one load, so it has a context of its own: no single caller's leaving may fail the others.
  const load = (): Promise<Ring> => {
    loading ??= loadRing(options, rootContext({ atMostMs: LOAD_MS_MAX, signal: options.signal }))
      .then((ring) => {
        current = ring;
        return ring;
      })
      .finally(() => {
        loading = undefined;
      });
    return loading;
  };
  const ring = async (ctx: CallContext, ageMsMax = AGE_MS_MAX): Promise<Ring> => {
    throwIfOver(ctx);
    if (current && options.monotonicMs() - current.loadedAt < ageMsMax) return current;
    return load();
  };

  return {
    signer: async (ctx) => (await ring(ctx)).signer,
    verifier: async (ctx, kid) => {
      const known = (await ring(ctx)).verifiers.get(kid);
      return known ?? (await ring(ctx, RELOAD_EVERY_MS_MIN)).verifiers.get(kid);
    },
    jwksJson: async (ctx) => (await ring(ctx)).jwksJson,
  };
}

async function loadRing(options: KeyRingOptions, ctx: CallContext): Promise<Ring> {
  const { store, now, verifiesAfterRetiredMs } = options;
  const read = (): Promise<StoredKey[]> => store.readKeys(ctx, now() - verifiesAfterRetiredMs);
  let keys = await read();
  if (!keys.some(({ retired }) => !retired)) {
    await store.addFirstKey(ctx, await newSigningKey());
    keys = await read();
  }
  return ringOf(keys, options.monotonicMs());
}

async function ringOf(keys: readonly StoredKey[], loadedAt: number): Promise<Ring> {
  const signing = keys.find(({ retired }) => !retired);
  if (!signing) throw new Failure('unavailable', 'no_signing_key', 'There is no key to sign with.');
  const verifiers = keys.map(async ({ kid, publicJwk }) => [kid, await importKey(publicJwk)] as const);
  return {
    loadedAt,
    signer: { kid: signing.kid, key: await importKey(signing.privateJwk) },
    verifiers: new Map(await Promise.all(verifiers)),
    jwksJson: JSON.stringify({ keys: keys.map(({ publicJwk }) => publicJwk) }),
  };
}

// An EC key is never the bytes that importJWK gives for a symmetric one.
const importKey = (jwk: JWK): Promise<CryptoKey> => importJWK(jwk, ALGORITHM) as Promise<CryptoKey>;

export async function newSigningKey(): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const bare = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(bare);
  const named = { kid, alg: ALGORITHM, use: 'sig' };
  return { kid, publicJwk: { ...bare, ...named }, privateJwk: { ...(await exportJWK(privateKey)), ...named } };
}
