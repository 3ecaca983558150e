import type { CallContext } from '@seams/call';
import { type Db, type Result, type Statement, statement, type Tx } from '@seams/postgres';
import { beginFamily, type NewRefreshToken } from '../sessions/session-store.ts';

export interface NewIdentity {
  readonly subject: string;
  /** As given. */
  readonly email: string;
  readonly emailCanonical: string;
  readonly passwordHash: string;
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly cafeIds: readonly string[];
}

/** What an identity may do now. */
export interface Standing {
  readonly subject: string;
  readonly roles: string[];
  readonly cafeIds: string[];
  readonly disabled: boolean;
}

export interface Credentials extends Standing {
  readonly passwordHash: string;
}

/** Runs one statement: in a transaction, on its own, or as the owner in a migration. */
export type Query = <Row extends object>(
  sql: Statement,
  values: readonly unknown[],
) => Promise<Pick<Result<Row>, 'rows'>>;

const ADD_IDENTITY = statement(
  'add_identity',
  `INSERT INTO identities (subject, email, email_canonical, password_hash, display_name, roles, cafe_ids)
   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (email_canonical) DO NOTHING RETURNING subject`,
);

/** True when it was added, false when the email is taken: of two at once, one. */
export async function addIdentity(query: Query, identity: NewIdentity): Promise<boolean> {
  const { subject, email, emailCanonical, passwordHash, displayName, roles, cafeIds } = identity;
  const { rows } = await query(ADD_IDENTITY, [
    subject,
    email,
    emailCanonical,
    passwordHash,
    displayName,
    roles,
    cafeIds,
  ]);
  return rows.length === 1;
}

/** The identity and its first session in one transaction: nobody is registered and then told to log in by a lost token. */
export const registerIdentity =
  (db: Db) =>
  (ctx: CallContext, identity: NewIdentity, token: NewRefreshToken): Promise<boolean> =>
    db.transaction(ctx, async (tx) => {
      const added = await addIdentity(queryOf(tx), identity);
      if (added) await beginFamily(tx, identity.subject, token);
      return added;
    });

const queryOf =
  (tx: Tx): Query =>
  (sql, values) =>
    tx.query(sql, values);

const STANDING = `subject, roles, cafe_ids AS "cafeIds", disabled_at IS NOT NULL AS disabled`;

const FIND_CREDENTIALS = statement(
  'find_credentials',
  `SELECT ${STANDING}, password_hash AS "passwordHash" FROM identities WHERE email_canonical = $1`,
);

export const findCredentials =
  (db: Db) =>
  async (ctx: CallContext, emailCanonical: string): Promise<Credentials | undefined> => {
    const { rows } = await db.query<Credentials>(ctx, FIND_CREDENTIALS, [emailCanonical]);
    return rows[0];
  };

const FIND_STANDING = statement('find_standing', `SELECT ${STANDING} FROM identities WHERE subject = $1`);

export const findStanding =
  (db: Db) =>
  async (ctx: CallContext, subject: string): Promise<Standing | undefined> => {
    const { rows } = await db.query<Standing>(ctx, FIND_STANDING, [subject]);
    return rows[0];
  };

const TAKEN_EMAILS = statement(
  'taken_emails',
  `SELECT email_canonical AS "emailCanonical" FROM identities WHERE email_canonical = ANY($1::text[])`,
);

/** Which of these canonical emails have an identity. */
export async function takenEmails(query: Query, emailsCanonical: readonly string[]): Promise<string[]> {
  const { rows } = await query<{ emailCanonical: string }>(TAKEN_EMAILS, [emailsCanonical]);
  return rows.map((row) => row.emailCanonical);
}
