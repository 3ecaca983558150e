import type { CallContext } from '@seams/call';
import {
  type AuthenticateRequest,
  type AuthenticateResponse,
  authService,
  type LoginRequest,
  type RefreshRequest,
  type RegisterRequest,
} from '@seams/contracts';
import { type Implementation, implement } from '@seams/rpc';
import type { Session } from '../sessions/issue-tokens.ts';

/** What auth can do. The wire's messages are what the use cases read and give, so there is nothing to translate. */
export interface UseCases {
  register(ctx: CallContext, request: RegisterRequest): Promise<Session>;
  logIn(ctx: CallContext, request: LoginRequest): Promise<Session>;
  refresh(ctx: CallContext, request: RefreshRequest): Promise<Session>;
  authenticate(ctx: CallContext, request: AuthenticateRequest): Promise<AuthenticateResponse>;
  jwksJson(ctx: CallContext): Promise<string>;
}

export const authEdge = (auth: UseCases): Implementation =>
  implement(authService, {
    Register: auth.register,
    Login: auth.logIn,
    Refresh: auth.refresh,
    Authenticate: auth.authenticate,
    GetSigningKeys: async (ctx) => ({ jwksJson: await auth.jwksJson(ctx) }),
  });
