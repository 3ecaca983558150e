import { type CallContext, Failure } from '@seams/call';
import { type Issuer, issueTokens, type Session } from '../sessions/issue-tokens.ts';
import type { NewRefreshToken } from '../sessions/session-store.ts';
import { canonicalEmail, faultOf, type Registration, type RegistrationFault } from './identity.ts';
import type { NewIdentity } from './identity-store.ts';

export interface Ports {
  readonly issuer: Issuer;
  hashPassword(ctx: CallContext, password: string): Promise<string>;
  /** Adds both or nothing; false when the email is taken. */
  registerIdentity(ctx: CallContext, identity: NewIdentity, token: NewRefreshToken): Promise<boolean>;
  newId(): string;
}

const MESSAGES: Readonly<Record<RegistrationFault, string>> = {
  email_malformed: 'This is not an email address.',
  password_out_of_range: 'A password has 8 to 200 characters.',
  display_name_malformed: 'A name has 1 to 80 characters, one of them visible, and no control characters.',
};

/**
 * Makes a customer and logs them in. Registering is not repeatable: when the reply got lost, the second attempt is told
 * `email_taken`, and logging in with the same password gives what the first would have given.
 */
export const registerWith = (world: Ports) =>
  async function register(ctx: CallContext, registration: Registration): Promise<Session> {
    const fault = faultOf(registration);
    if (fault) throw new Failure('invalid', fault, MESSAGES[fault]);

    const identity: NewIdentity = {
      subject: world.newId(),
      email: registration.email,
      emailCanonical: canonicalEmail(registration.email),
      passwordHash: await world.hashPassword(ctx, registration.password),
      displayName: registration.displayName,
      roles: ['customer'],
      cafeIds: [],
    };
    const { session, refreshToken } = await issueTokens(world.issuer, ctx, identity);
    const added = await world.registerIdentity(ctx, identity, refreshToken);
    if (!added) throw new Failure('rejected', 'email_taken', 'There is an account with this email.');
    return session;
  };
