import type { CallContext } from '@seams/call';
import { type Db, statement } from '@seams/postgres';

/** A key of RFC 7517 as JSON. */
export type Jwk = Readonly<Record<string, unknown>>;

export interface SigningKey {
  readonly kid: string;
  readonly privateJwk: Jwk;
  readonly publicJwk: Jwk;
}

export interface StoredKey extends SigningKey {
  readonly retired: boolean;
}

export interface SigningKeyStore {
  /** The oldest first, without those that were retired before `retiredAfter`. */
  readKeys(ctx: CallContext, retiredAfter: number): Promise<StoredKey[]>;
  /** Adds the key unless there is one in use already: of two processes that start at once, one adds. */
  addFirstKey(ctx: CallContext, key: SigningKey): Promise<void>;
}

const READ_KEYS = statement(
  'read_signing_keys',
  `SELECT kid, private_jwk AS "privateJwk", public_jwk AS "publicJwk", retired_at IS NOT NULL AS retired
   FROM signing_keys WHERE retired_at IS NULL OR retired_at > $1 ORDER BY created_at, kid`,
);

// Any number, the same for all replicas.
const FIRST_KEY_LOCK = 7_001_001;
const LOCK_FIRST_KEY = statement('lock_first_signing_key', `SELECT pg_advisory_xact_lock($1)`);

// Its snapshot is taken after the lock is held, so it sees the key of whoever held it before.
const ADD_FIRST_KEY = statement(
  'add_first_signing_key',
  `INSERT INTO signing_keys (kid, private_jwk, public_jwk)
   SELECT $1, $2::jsonb, $3::jsonb WHERE NOT EXISTS (SELECT FROM signing_keys WHERE retired_at IS NULL)`,
);

export function signingKeyStore(db: Db): SigningKeyStore {
  return {
    readKeys: async (ctx, retiredAfter) => {
      const { rows } = await db.query<StoredKey>(ctx, READ_KEYS, [new Date(retiredAfter)]);
      return rows;
    },
    addFirstKey: (ctx, { kid, privateJwk, publicJwk }) =>
      db.transaction(ctx, async (tx) => {
        await tx.query(LOCK_FIRST_KEY, [FIRST_KEY_LOCK]);
        await tx.query(ADD_FIRST_KEY, [kid, JSON.stringify(privateJwk), JSON.stringify(publicJwk)]);
      }),
  };
}
