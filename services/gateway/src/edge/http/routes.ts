/** The REST API as data. A route is described once, here or in a file that is spread in here: it routes, checks, types and documents. */
import { REPORT_MINUTES_MAX } from '@seams/contracts';
import { z } from 'zod';
import type { Criticality } from '../../admission/gate.ts';
import { CURSOR_PATTERN } from './cursor.ts';
import { evidenceRoutes } from './evidence-routes.ts';
import { operatorsRoutes } from './operators-routes.ts';
import { digits, guarded, keyed, open, type Route, route } from './route.ts';
import { cafeId, openapi, orderId, replies, requests } from './schemas.ts';
import { givenInstant } from './text-schemas.ts';

export type { Route } from './route.ts';

const cafeParams = z.strictObject({ cafeId });
const orderParams = z.strictObject({ orderId });

export const ORDERS_PER_PAGE_MAX = 100;
export const ORDERS_PER_PAGE = 20;
const pageQuery = z.strictObject({
  limit: z.preprocess(digits, z.int().min(1).max(ORDERS_PER_PAGE_MAX).optional()),
  // Its form is checked in cursor.ts, with a reason of its own.
  cursor: z.string().meta({ pattern: CURSOR_PATTERN, description: 'The `nextCursor` of the page before' }).optional(),
});

const reportQuery = z.strictObject({
  from: givenInstant
    .optional()
    .describe(
      'Inclusive; an hour before `to` if not given. ' +
        `From 1970 on, before \`to\` and at most ${REPORT_MINUTES_MAX} minutes before it`,
    ),
  to: givenInstant.optional().describe('Exclusive; the end of the current minute if not given'),
});

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
    refusals: { 400: ['cursor_malformed'], 404: ['cursor_unknown'] },
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
  ...evidenceRoutes,
  ...operatorsRoutes,
  price: route({
    ...open,
    criticality: 'analytics',
    method: 'GET',
    path: '/v1/price',
    summary: 'What five services cost over one process, as the benchmark measured it last',
    status: 200,
    reply: replies.price,
    refusals: { 404: ['price_not_measured'], 503: ['price_unreadable'] },
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
