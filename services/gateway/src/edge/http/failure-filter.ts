import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { Failure } from '@seams/call';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { fail } from './exchange.ts';
import { HttpRefusal } from './problem.ts';
import { methodsOf } from './routes.ts';

/** Turns whatever was thrown into one problem. Guard, decoding, handlers and the router itself all end here. */
@Catch()
export class FailureFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (!reply.sent) reply.hijack();
    fail(request.raw, reply.raw, failureOf(thrown, request.raw.url ?? ''));
  }
}

function failureOf(thrown: unknown, url: string): Failure {
  if (!(thrown instanceof HttpException)) return Failure.from(thrown);
  // Nobody here throws these: 404 is the router's, 415 Fastify's for a Content-Type that is not even one.
  if (thrown.getStatus() === 415) return new HttpRefusal('media_type_unsupported');
  if (thrown.getStatus() !== 404) return Failure.from(thrown);
  const allowed = methodsOf(url.split('?', 1)[0] as string);
  if (allowed.length === 0) return new HttpRefusal('route_unknown');
  return new HttpRefusal('method_not_allowed', { headers: { Allow: allowed.join(', ') } });
}
