import { Controller, Inject } from '@nestjs/common';
import type { Auth, Session } from '../../outbound/auth.ts';
import { routes } from './routes.ts';
import { type Answer, type Asked, Serve } from './serve.ts';
import { AUTH } from './tokens.ts';

@Controller()
export class AccountsHttp {
  constructor(@Inject(AUTH) private readonly auth: Auth) {}

  @Serve(routes.register)
  async register({ ctx, body }: Asked<typeof routes.register>): Promise<Answer<typeof routes.register>> {
    return { body: encodeSession(await this.auth.register(ctx, body)) };
  }

  @Serve(routes.login)
  async login({ ctx, body }: Asked<typeof routes.login>): Promise<Answer<typeof routes.login>> {
    return { body: encodeSession(await this.auth.login(ctx, body)) };
  }

  @Serve(routes.refresh)
  async refresh({ ctx, body }: Asked<typeof routes.refresh>): Promise<Answer<typeof routes.refresh>> {
    return { body: encodeSession(await this.auth.refresh(ctx, body)) };
  }
}

const encodeSession = ({ customerId, tokens }: Session) => ({
  customerId,
  accessToken: tokens.accessToken,
  accessExpiresInS: tokens.accessExpiresInS,
  refreshToken: tokens.refreshToken,
  refreshExpiresInS: tokens.refreshExpiresInS,
});
