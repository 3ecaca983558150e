import type { IncomingMessage } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { Failure } from '@seams/call';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { fail } from './exchange.ts';
import { methodRefusalOf } from './method-refusal.ts';
import { type HttpReason, HttpRefusal } from './problem.ts';

/** Turns whatever was thrown into one problem. Guard, decoding, handlers and the router itself all end here. */
@Catch()
export class FailureFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (!reply.sent) reply.hijack();
    fail(request.raw, reply.raw, failureOf(thrown, request.raw));
  }
}

/** An error of the framework with a 4xx status is the client's mistake, never a bug of ours. */
export function failureOf(thrown: unknown, request: Pick<IncomingMessage, 'method' | 'url'>): Failure {
  const status = frameworkStatusOf(thrown);
  if (status === undefined || status < 400 || status > 499) return Failure.from(thrown);
  // The framework looks at a body's type before it looks for a route: what matters first is whether there is one.
  return methodRefusalOf(request) ?? new HttpRefusal(REASON_OF_STATUS[status] ?? 'http_malformed');
}

const REASON_OF_STATUS: Readonly<Record<number, HttpReason>> = {
  404: 'route_unknown',
  408: 'request_too_slow',
  413: 'body_too_large',
  414: 'target_too_long',
  415: 'media_type_unsupported',
};

function frameworkStatusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (!(thrown instanceof Error)) return undefined;
  const { code, statusCode } = thrown as Error & { readonly code?: unknown; readonly statusCode?: unknown };
  return String(code).startsWith('FST_') && typeof statusCode === 'number' ? statusCode : undefined;
}
