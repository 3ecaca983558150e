import { type CallContext, Failure } from '@seams/call';
import type { AuthenticateResponse } from '@seams/contracts';
import type { Standing } from '../identities/identity-store.ts';

export interface Ports {
  /** Throws anonymous/token_… for anything but a token of ours that is valid now. */
  verifyAccessToken(ctx: CallContext, token: string): Promise<{ readonly subject: string; readonly expiresAt: number }>;
  findStanding(ctx: CallContext, subject: string): Promise<Standing | undefined>;
}

/**
 * Says whose token this is. The look-up by primary key costs a round trip; for that a disabled identity is
 * out with the next question, and roles are those of now, not those of up to 15 minutes ago.
 */
export const authenticateWith = (world: Ports) =>
  async function authenticate(
    ctx: CallContext,
    given: { readonly accessToken: string },
  ): Promise<AuthenticateResponse> {
    const { subject, expiresAt } = await world.verifyAccessToken(ctx, given.accessToken);

    const standing = await world.findStanding(ctx, subject);
    if (!standing) throw new Failure('anonymous', 'token_invalid', 'The token is for nobody that there is.');
    if (standing.disabled) throw new Failure('anonymous', 'identity_disabled', 'This account is disabled.');

    const principal = { subject, roles: standing.roles, cafeIds: standing.cafeIds };
    return { principal, expiresAtMs: expiresAt };
  };
