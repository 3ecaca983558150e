import type { CallContext } from '@seams/call';
import {
  authService,
  type LoginRequestInput,
  type Principal,
  type RefreshRequestInput,
  type RegisterRequestInput,
  type Tokens,
} from '@seams/contracts';
import type { Policy } from '@seams/resilience';
import { type Channel, callerOf } from '@seams/rpc';
import type { Degraded } from '../degraded.ts';
import { present } from './present.ts';

/** Who has just proved to be whom, with the tokens that say so. */
export interface Session {
  readonly customerId: string;
  readonly tokens: Tokens;
}

export interface Auth {
  register(ctx: CallContext, request: RegisterRequestInput): Promise<Session>;
  login(ctx: CallContext, request: LoginRequestInput): Promise<Session>;
  refresh(ctx: CallContext, request: RefreshRequestInput): Promise<Session>;
  authenticate(ctx: CallContext, accessToken: string): Promise<Identified>;
}

export interface Identified {
  readonly principal: Principal;
  /** The end of the token, when auth has judged it. */
  readonly expiresAtMs?: number;
  readonly degraded?: Degraded;
}

/**
 * auth over gRPC. A registration, a login or a refresh is not repeated: the first attempt may have taken the email or
 * used the refresh token up, and then a second one would be refused (or end the whole family of tokens).
 */
export function authOver(channel: Channel, policy: Policy): Auth {
  const auth = callerOf(authService, channel);
  const once = { repeatable: false };
  return {
    register: async (ctx, request) =>
      sessionOf(await policy.run(ctx, once, (attempt) => auth.Register(attempt, request))),
    login: async (ctx, request) => sessionOf(await policy.run(ctx, once, (attempt) => auth.Login(attempt, request))),
    refresh: async (ctx, request) =>
      sessionOf(await policy.run(ctx, once, (attempt) => auth.Refresh(attempt, request))),
    authenticate: async (ctx, accessToken) => {
      const reply = await policy.run(ctx, { repeatable: true }, (attempt) =>
        auth.Authenticate(attempt, { accessToken }),
      );
      return { principal: present(reply.principal), expiresAtMs: reply.expiresAtMs };
    },
  };
}

const sessionOf = (reply: { readonly subject: string; readonly tokens: Tokens | null }): Session => ({
  customerId: reply.subject,
  tokens: present(reply.tokens),
});

/**
 * A JWKS document: the public keys that verify access tokens. Past the policy: nobody waits for it, and what becomes of
 * it must not speak for the calls that somebody waits for.
 */
export const signingKeysOf = async (channel: Channel, ctx: CallContext): Promise<string> =>
  (await callerOf(authService, channel).GetSigningKeys(ctx, {})).jwksJson;
