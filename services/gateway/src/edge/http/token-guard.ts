import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Auth } from '../../outbound/auth.ts';
import { accessTokenOf } from './access-token.ts';
import type { Admission } from './admission.ts';
import { exchangeOf } from './exchange.ts';
import { demandOperator } from './operators-only.ts';
import { routeOf } from './serve.ts';
import { ADMISSION, AUTH } from './tokens.ts';

/** Asks auth whose token it is, before anything else of the request is read; whether that one may, and asks too often. */
@Injectable()
export class TokenGuard implements CanActivate {
  constructor(
    @Inject(AUTH) private readonly auth: Auth,
    @Inject(ADMISSION) private readonly admission: Admission,
  ) {}

  async canActivate(host: ExecutionContext): Promise<boolean> {
    const route = routeOf(host.getHandler());
    if (!route.token) return true;
    const { raw } = host.switchToHttp().getRequest<FastifyRequest>();
    const exchange = exchangeOf(raw);
    const { principal, degraded } = await this.auth.authenticate(exchange.ctx, accessTokenOf(raw));
    exchange.principal = principal;
    if (route.criticality !== 'never_shed') this.admission.countCustomer(principal.subject);
    if (degraded) exchange.degrade(degraded);
    if (route.operatorsMay !== undefined) demandOperator(principal, route.operatorsMay);
    return true;
  }
}
