/** How a controller's method becomes a route: one decorator, one argument that is decoded already, one return value. */

import {
  createParamDecorator,
  HttpCode,
  type PipeTransform,
  RequestMapping,
  RequestMethod,
  SetMetadata,
} from '@nestjs/common';
import type { CallContext } from '@seams/call';
import type { Principal, RequestKeyInput } from '@seams/contracts';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Degraded } from '../../degraded.ts';
import { readBody } from './body.ts';
import { type Exchange, exchangeOf } from './exchange.ts';
import { fingerprintOf, idempotencyKeyOf } from './idempotency.ts';
import { parseObject } from './json.ts';
import { type HttpReason, HttpRefusal, type Wrong } from './problem.ts';
import type { Route } from './routes.ts';

/** What a request asks, decoded and checked as its route describes it. */
export interface Asked<R extends Route> {
  readonly ctx: CallContext;
  readonly params: z.output<R['params']>;
  readonly query: z.output<R['query']>;
  readonly body: R['body'] extends z.ZodType ? z.output<R['body']> : undefined;
  readonly principal: R['token'] extends true ? Principal : undefined;
  readonly key: R['keyed'] extends true ? RequestKeyInput : undefined;
}

export interface Answer<R extends Route> {
  readonly body: z.input<R['reply']>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Says that the body rests on what was kept. */
  readonly degraded?: Degraded | undefined;
}

type Method<R extends Route> = (asked: Asked<R>) => Promise<Answer<R>>;

const ROUTE = Symbol('the route that a method serves');

/** The method serves this route. It does no more than Nest's own @Get(), @HttpCode() and a parameter with a pipe. */
export function Serve<R extends Route>(route: R) {
  return (target: object, name: string, descriptor: { readonly value?: Method<R> }): void => {
    const path = route.path.replaceAll(/{(\w+)}/g, ':$1');
    RequestMapping({ method: RequestMethod[route.method], path })(target, name, descriptor as PropertyDescriptor);
    HttpCode(route.status)(target, name, descriptor as PropertyDescriptor);
    SetMetadata(ROUTE, route)(target, name, descriptor as PropertyDescriptor);
    ask(decodeBy(route))(target, name, 0);
  };
}

/** The route that a controller's method serves. */
export const routeOf = (method: object): Route => Reflect.getMetadata(ROUTE, method) as Route;

const ask = createParamDecorator<PipeTransform>((_, host) => host.switchToHttp().getRequest<FastifyRequest>());

const decodeBy = (route: Route): PipeTransform<FastifyRequest, Promise<Asked<Route>>> => ({
  transform: async ({ raw, params }) => {
    const exchange = exchangeOf(raw);
    const asked = {
      ctx: exchange.ctx,
      params: paramsOf(route, params),
      query: checked(route.query, queryOf(raw.url ?? ''), 'invalid_query'),
      principal: exchange.principal,
    };
    const key = route.keyed ? idempotencyKeyOf(raw) : '';
    const body = route.body ? checked(route.body, parseObject(await readBody(raw)), 'invalid_body') : undefined;
    return { ...asked, body, key: route.keyed ? keyOf(route, exchange, key, body) : undefined } as Asked<Route>;
  },
});

function keyOf(route: Route, { principal }: Exchange, key: string, body: unknown): RequestKeyInput {
  const name = `${route.method} ${route.path}`;
  return { customerId: principal?.subject ?? '', route: name, key, fingerprint: fingerprintOf(name, body) };
}

/** An id that none can have is one that does not exist. */
const REASON_OF_PARAM: Readonly<Record<string, HttpReason>> = {
  cafeId: 'cafe_unknown',
  orderId: 'order_unknown',
  traceId: 'trace_unknown',
};

function paramsOf(route: Route, given: unknown): unknown {
  const parsed = route.params.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new HttpRefusal(REASON_OF_PARAM[String(parsed.error.issues[0]?.path[0])] ?? 'route_unknown');
}

/** Each name once: of two, another reader might take the other one. */
function queryOf(url: string): Record<string, string> {
  const query: Record<string, string> = Object.create(null) as Record<string, string>;
  const at = url.indexOf('?');
  for (const [name, value] of new URLSearchParams(at === -1 ? '' : url.slice(at))) {
    if (name in query)
      throw new HttpRefusal('invalid_query', { errors: [{ path: nameOf(name), message: 'Given twice' }] });
    query[name] = value;
  }
  return { ...query };
}

function checked<T>(schema: z.ZodType<T>, value: unknown, reason: HttpReason): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HttpRefusal(reason, { errors: parsed.error.issues.flatMap(wrongsOf).slice(0, ERRORS_MAX) });
}

const ERRORS_MAX = 20;

/** Says what is asked for and where, never what was given: it may be a password in the wrong place. */
function wrongsOf(issue: z.core.$ZodIssue): Wrong[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...issue.path, nameOf(key)].join('.'), message: 'Unknown field' }));
  }
  return [{ path: issue.path.join('.'), message: issue.message }];
}

const nameOf = (name: string): string => (/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/.test(name) ? name : '(a name)');
