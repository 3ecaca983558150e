/** The REST API as data. A route is described here once: it routes, checks, types and documents. */
import { z } from 'zod';
import type { Criticality } from '../../admission/gate.ts';
import { cafeId, openapi, orderId, replies, requests, traceId } from './schemas.ts';

export interface Route {
  readonly method: 'GET' | 'POST';
  /** As OpenAPI writes it, for example "/v1/orders/{orderId}". */
  readonly path: string;
  readonly summary: string;
  readonly status: 200 | 201;
  /** Needs an access token. */
  readonly token: boolean;
  /** Needs an Idempotency-Key. */
  readonly keyed: boolean;
  /** What is refused first when there is too much; operators' questions and this API's own description never are. */
  readonly criticality: Criticality | 'never_shed';
  /** May take AUDIT_MS_MAX instead of REQUEST_MS_MAX. */
  readonly slow: boolean;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: z.ZodObject | undefined;
  readonly reply: z.ZodType;
  /** Why it may be refused, by status, besides what each route of its sort may be refused for. */
  readonly refusals: Readonly<Record<number, readonly string[]>>;
}

const none = z.strictObject({});
const cafeParams = z.strictObject({ cafeId });
const orderParams = z.strictObject({ orderId });

const open = { token: false, keyed: false, slow: false, params: none, query: none, body: undefined } as const;
const guarded = { ...open, token: true } as const;
const keyed = { ...guarded, keyed: true } as const;

export const ORDERS_PER_PAGE_MAX = 100;
export const ORDERS_PER_PAGE = 20;
/** A query holds text; a number in it is digits, nothing else. */
const digits = (text: unknown): unknown => (typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : text);
const pageQuery = z.strictObject({
  limit: z.preprocess(digits, z.int().min(1).max(ORDERS_PER_PAGE_MAX).optional()),
  cursor: z.string().max(128).optional(),
});

const instant = z.iso.datetime({ offset: true }).optional();
const reportQuery = z.strictObject({
  from: instant.describe('Inclusive; an hour before `to` if not given'),
  to: instant.describe('Exclusive; the end of the current minute if not given'),
});

export const AUDIT_WAIT_S = 10;
export const AUDIT_WAIT_S_MAX = 30;
const auditQuery = z.strictObject({
  wait: z
    .preprocess(digits, z.int().min(0).max(AUDIT_WAIT_S_MAX).default(AUDIT_WAIT_S))
    .describe('How many seconds analytics may take to count what is published'),
});

const floorQuery = z.strictObject({
  after: z
    .preprocess(
      (text) => (typeof text === 'string' && /^\d{1,12}$/.test(text) ? Number(text) : text),
      z.int().min(0).default(0),
    )
    .describe(
      'The `sequence` of the last picture: the answer is the next one, or the same one when none comes within a second',
    ),
});

const route = <const R extends Route>(description: R): R => description;

export const routes = {
  register: route({
    ...open,
    criticality: 'session',
    method: 'POST',
    path: '/v1/auth/register',
    summary: 'Become a customer',
    status: 201,
    body: requests.registerBody,
    reply: replies.session,
    refusals: { 400: ['email_malformed', 'password_out_of_range', 'display_name_malformed'], 409: ['email_taken'] },
  }),
  login: route({
    ...open,
    criticality: 'session',
    method: 'POST',
    path: '/v1/auth/login',
    summary: 'Get tokens for an email and its password',
    status: 200,
    body: requests.loginBody,
    reply: replies.session,
    refusals: { 401: ['wrong_credentials', 'identity_disabled'] },
  }),
  refresh: route({
    ...open,
    criticality: 'session',
    method: 'POST',
    path: '/v1/auth/refresh',
    summary: 'Get new tokens for a refresh token, once',
    status: 200,
    body: requests.refreshBody,
    reply: replies.session,
    refusals: {
      401: [
        'refresh_token_invalid',
        'refresh_token_expired',
        'refresh_token_reused',
        'refresh_token_revoked',
        'identity_disabled',
      ],
    },
  }),
  listCafes: route({
    ...open,
    criticality: 'read',
    method: 'GET',
    path: '/v1/cafes',
    summary: 'All cafés',
    status: 200,
    reply: replies.cafes,
    refusals: {},
  }),
  getMenu: route({
    ...open,
    criticality: 'read',
    method: 'GET',
    path: '/v1/cafes/{cafeId}/menu',
    summary: 'The menu of a café, with what is left of each item',
    status: 200,
    params: cafeParams,
    reply: replies.menu,
    refusals: { 404: ['cafe_unknown'] },
  }),
  topUp: route({
    ...keyed,
    criticality: 'pay',
    method: 'POST',
    path: '/v1/wallet/top-ups',
    summary: 'Put money into the wallet',
    status: 201,
    body: requests.topUpBody,
    reply: replies.topUp,
    refusals: { 400: ['amount_out_of_range'], 403: ['customers_only'] },
  }),
  getWallet: route({
    ...guarded,
    criticality: 'read',
    method: 'GET',
    path: '/v1/wallet',
    summary: 'What is in the wallet',
    status: 200,
    reply: replies.wallet,
    refusals: { 403: ['customers_only'] },
  }),
  placeOrder: route({
    ...keyed,
    criticality: 'order',
    method: 'POST',
    path: '/v1/orders',
    summary: 'Place an order',
    status: 201,
    body: requests.orderBody,
    reply: replies.order,
    refusals: {
      400: ['too_many_lines', 'quantity_out_of_range', 'item_twice'],
      403: ['customers_only'],
      404: ['cafe_unknown'],
      409: ['stock_exhausted', 'not_enough_money', 'item_unknown', 'total_out_of_range'],
    },
  }),
  getOrder: route({
    ...guarded,
    criticality: 'read',
    method: 'GET',
    path: '/v1/orders/{orderId}',
    summary: 'One order of your own',
    status: 200,
    params: orderParams,
    reply: replies.order,
    refusals: { 404: ['order_unknown'] },
  }),
  listOrders: route({
    ...guarded,
    criticality: 'read',
    method: 'GET',
    path: '/v1/orders',
    summary: 'Your orders, newest first, by pages',
    status: 200,
    query: pageQuery,
    reply: replies.orders,
    refusals: { 400: ['cursor_malformed', 'cursor_unknown'] },
  }),
  getCafeReport: route({
    ...guarded,
    criticality: 'analytics',
    method: 'GET',
    path: '/v1/analytics/cafes/{cafeId}',
    summary: 'Orders and revenue of a café, minute by minute; for its staff',
    status: 200,
    params: cafeParams,
    query: reportQuery,
    reply: replies.cafeReport,
    refusals: { 403: ['not_your_cafe'], 404: ['cafe_unknown'] },
  }),
  audit: route({
    ...guarded,
    criticality: 'never_shed',
    slow: true,
    method: 'GET',
    path: '/v1/audit',
    summary: 'Was anything lost? For operators; 200 is the answer to the question, whether clean or not',
    status: 200,
    query: auditQuery,
    reply: replies.auditReport,
    refusals: {
      403: ['operators_only'],
      503: ['audit_unavailable', 'audit_not_done'],
      504: ['audit_too_slow'],
    },
  }),
  floor: route({
    ...guarded,
    criticality: 'never_shed',
    method: 'GET',
    path: '/v1/floor',
    summary: 'How every process is and what goes from whom to whom, as of the last second; for operators',
    status: 200,
    query: floorQuery,
    reply: replies.floor,
    refusals: { 403: ['operators_only'], 503: ['floor_unavailable'], 504: ['floor_unavailable'] },
  }),
  getTrace: route({
    ...guarded,
    criticality: 'analytics',
    method: 'GET',
    path: '/v1/traces/{traceId}',
    summary: 'All spans of one request, from its first byte to the last count; for operators',
    status: 200,
    params: z.strictObject({ traceId }),
    reply: replies.trace,
    refusals: {
      403: ['operators_only'],
      404: ['trace_unknown'],
      503: ['traces_unavailable'],
      504: ['traces_unavailable'],
    },
  }),
  findTraces: route({
    ...guarded,
    criticality: 'analytics',
    method: 'GET',
    path: '/v1/traces',
    summary: 'The requests that placed an order, the newest first; for operators',
    status: 200,
    query: z.strictObject({ orderId }),
    reply: replies.traces,
    refusals: { 403: ['operators_only'], 503: ['traces_unavailable'], 504: ['traces_unavailable'] },
  }),
  getOpenApi: route({
    ...open,
    criticality: 'never_shed',
    method: 'GET',
    path: '/openapi.json',
    summary: 'This document',
    status: 200,
    reply: openapi,
    refusals: {},
  }),
} as const satisfies Record<string, Route>;

const slowPaths = new Set(
  Object.values<Route>(routes)
    .filter(({ slow }) => slow)
    .map(({ path }) => path),
);
/** Asked before the router knows the route: from then on the time runs. */
export const isSlow = (path: string): boolean => slowPaths.has(path);

/** The methods that a path offers; empty if there is no such path. */
export function methodsOf(path: string): string[] {
  const methods = Object.values<Route>(routes)
    .filter((each) => patternOf(each.path).test(path))
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return [...new Set(methods)];
}

const patterns = Object.values<Route>(routes).map(({ method, path, criticality }) => {
  return { method, pattern: patternOf(path), criticality };
});
/** Asked before the router knows the route. What there is no route for goes first: nobody misses its 404. */
export function criticalityOf(method: string, path: string): Criticality | 'never_shed' {
  const wanted = method === 'HEAD' ? 'GET' : method;
  const found = patterns.find((each) => each.method === wanted && each.pattern.test(path));
  return found?.criticality ?? 'analytics';
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/{\w+}/g, '[^/]+')}$`);
}
