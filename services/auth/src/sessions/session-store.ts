import type { CallContext } from '@seams/call';
import { type Db, statement, type Tx } from '@seams/postgres';
import type { KnownToken } from './refresh-token.ts';

/** Instants are Unix time in milliseconds. */
export interface NewRefreshToken {
  readonly hash: Uint8Array;
  readonly family: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

const BEGIN_FAMILY = statement(
  'begin_family',
  `INSERT INTO token_families (family, subject, started_at) VALUES ($1, $2, $3)`,
);

const ADD_TOKEN = statement(
  'add_refresh_token',
  `INSERT INTO refresh_tokens (token_hash, family, issued_at, expires_at) VALUES ($1, $2, $3, $4)`,
);

export async function beginFamily(tx: Tx, subject: string, token: NewRefreshToken): Promise<void> {
  await tx.query(BEGIN_FAMILY, [token.family, subject, new Date(token.issuedAt)]);
  await addToken(tx, token);
}

async function addToken(tx: Tx, { hash, family, issuedAt, expiresAt }: NewRefreshToken): Promise<void> {
  await tx.query(ADD_TOKEN, [hash, family, new Date(issuedAt), new Date(expiresAt)]);
}

export const openSession =
  (db: Db) =>
  (ctx: CallContext, subject: string, token: NewRefreshToken): Promise<void> =>
    db.transaction(ctx, (tx) => beginFamily(tx, subject, token));

export interface FoundToken extends KnownToken {
  readonly family: string;
  readonly subject: string;
  readonly roles: string[];
  readonly cafeIds: string[];
}

// Both rows are locked, and read as they are after the wait: the second of two twins sees the first one's use, and no
// token joins a family that is being revoked.
const FIND_TOKEN = statement(
  'find_refresh_token',
  `SELECT t.family, f.subject, i.roles, i.cafe_ids AS "cafeIds", i.disabled_at IS NOT NULL AS disabled,
          t.expires_at AS "expiresAt", t.used_at AS "usedAt", f.revoked_at AS "revokedAt"
   FROM refresh_tokens t JOIN token_families f USING (family) JOIN identities i USING (subject)
   WHERE t.token_hash = $1 FOR UPDATE OF t, f`,
);

type FoundRow = Omit<FoundToken, 'expiresAt' | 'usedAt' | 'revokedAt'> & {
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
  readonly revokedAt: Date | null;
};

export async function findToken(tx: Tx, hash: Uint8Array): Promise<FoundToken | undefined> {
  const { rows } = await tx.query<FoundRow>(FIND_TOKEN, [hash]);
  const row = rows[0];
  return (
    row && {
      ...row,
      expiresAt: row.expiresAt.getTime(),
      usedAt: row.usedAt?.getTime() ?? null,
      revokedAt: row.revokedAt?.getTime() ?? null,
    }
  );
}

// The first use counts: a second one within the grace must not prolong it.
const MARK_USED = statement(
  'mark_refresh_token_used',
  `UPDATE refresh_tokens SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL`,
);

export async function replaceToken(tx: Tx, oldHash: Uint8Array, next: NewRefreshToken): Promise<void> {
  await tx.query(MARK_USED, [oldHash, new Date(next.issuedAt)]);
  await addToken(tx, next);
}

const REVOKE_FAMILY = statement('revoke_family', `UPDATE token_families SET revoked_at = $2 WHERE family = $1`);

export async function revokeFamily(tx: Tx, family: string, now: number): Promise<void> {
  await tx.query(REVOKE_FAMILY, [family, new Date(now)]);
}
