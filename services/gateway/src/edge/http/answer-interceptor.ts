import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { exchangeOf } from './exchange.ts';
import type { Route } from './routes.ts';
import type { Answer } from './serve.ts';

/** Takes an Answer apart: headers onto the reply, the body as JSON in the order in which it was written down. */
export const answerInterceptor: NestInterceptor<Answer<Route>, unknown> = {
  intercept(host: ExecutionContext, next: CallHandler<Answer<Route>>): Observable<unknown> {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map(({ body, headers, degraded }) => {
        if (degraded) exchangeOf(host.switchToHttp().getRequest<FastifyRequest>().raw).degrade(degraded);
        void reply.headers({ 'Cache-Control': 'no-store', ...headers });
        return body;
      }),
    );
  },
};
