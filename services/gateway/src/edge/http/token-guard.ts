import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Auth } from '../../outbound/auth.ts';
import { accessTokenOf } from './access-token.ts';
import { exchangeOf } from './exchange.ts';
import { routeOf } from './serve.ts';
import { AUTH } from './tokens.ts';

/** Asks auth whose token it is, before anything else of the request is read. */
@Injectable()
export class TokenGuard implements CanActivate {
  constructor(@Inject(AUTH) private readonly auth: Auth) {}

  async canActivate(host: ExecutionContext): Promise<boolean> {
    if (!routeOf(host.getHandler()).token) return true;
    const { raw } = host.switchToHttp().getRequest<FastifyRequest>();
    const exchange = exchangeOf(raw);
    exchange.principal = await this.auth.authenticate(exchange.ctx, accessTokenOf(raw));
    return true;
  }
}
