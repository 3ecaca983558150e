import { type CallContext, Failure } from '@seams/call';
import { type Issuer, issueTokens, type Session } from '../sessions/issue-tokens.ts';
import type { NewRefreshToken } from '../sessions/session-store.ts';
import { canonicalEmail, isEmail, isPassword } from './identity.ts';
import type { Credentials } from './identity-store.ts';

export interface Ports {
  readonly issuer: Issuer;
  findCredentials(ctx: CallContext, emailCanonical: string): Promise<Credentials | undefined>;
  /** Without a hash it does the same work and says no. */
  verifyPassword(ctx: CallContext, hash: string | undefined, password: string): Promise<boolean>;
  openSession(ctx: CallContext, subject: string, token: NewRefreshToken): Promise<void>;
}

/**
 * Whoever does not know the password learns nothing, by words or by time: a wrong one and an unknown email fail alike
 * after the same hash, and a password that nobody can have fails alike without one, whatever the email.
 * A login whose reply got lost leaves a session that nobody holds; it expires.
 */
export const logInWith = (world: Ports) =>
  async function logIn(
    ctx: CallContext,
    given: { readonly email: string; readonly password: string },
  ): Promise<Session> {
    if (!isPassword(given.password)) throw wrongCredentials();

    const known = isEmail(given.email) ? await world.findCredentials(ctx, canonicalEmail(given.email)) : undefined;
    const right = await world.verifyPassword(ctx, known?.passwordHash, given.password);
    if (!known || !right) throw wrongCredentials();
    if (known.disabled) throw new Failure('anonymous', 'identity_disabled', 'This account is disabled.');

    const { session, refreshToken } = await issueTokens(world.issuer, ctx, known);
    await world.openSession(ctx, known.subject, refreshToken);
    return session;
  };

const wrongCredentials = (): Failure =>
  new Failure('anonymous', 'wrong_credentials', 'There is no account with this email and password.');
