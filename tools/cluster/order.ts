/** `npm run cluster:order`: one order through the gateway's Service, and its trace through every pod. */
import { services } from '../../topology.ts';
import { ask, NotAnswered } from '../order/api.ts';
import { readTrace, serviceOf, type Trace, treeOf } from '../order/trace.ts';
import { noArguments } from './arguments.ts';
import type { Place } from './place.ts';
import { accountOf, type ClusterSystem, installedSystem } from './system.ts';

const TRACE_MS_MAX = 15_000;
const TOP_UP_CENTS = 5_000;
const ITEM = { cafeId: 'harbour', itemId: 'harbour-espresso' };

export interface Ordered {
  readonly status: number;
  readonly orderId: string;
  readonly traceId: string;
  readonly attempts: number;
}

export async function login(system: ClusterSystem, role: string): Promise<string> {
  const { email, password } = accountOf(system, role);
  const { body } = await ask<{ accessToken: string }>(system.url, {
    path: '/v1/auth/login',
    body: { email, password },
  });
  return body.accessToken;
}

export async function placeOrder(system: ClusterSystem): Promise<Ordered> {
  const payer = await login(system, 'customer');
  await ask(system.url, { path: '/v1/wallet/top-ups', token: payer, body: { amountCents: TOP_UP_CENTS } });
  // A token that no gateway has seen: for one that it has, auth is not asked again within seconds.
  const token = await login(system, 'customer');
  const body = { cafeId: ITEM.cafeId, items: [{ itemId: ITEM.itemId, quantity: 1 }] };
  const answer = await ask<{ orderId: string }>(system.url, { path: '/v1/orders', token, body });
  const { status, headers, attempts } = answer;
  return { status, orderId: answer.body.orderId, traceId: headers.get('trace-id') ?? '', attempts };
}

export const servicesIn = (trace: Trace): string[] =>
  [...new Set(trace.spans.map((span) => serviceOf(trace, span)))].sort();

/** Waits until every service has sent its spans. */
export async function traceOf({ tracesUrl }: ClusterSystem, traceId: string): Promise<Trace> {
  const complete = (trace: Trace): boolean => servicesIn(trace).length >= Object.keys(services).length;
  const trace = await readTrace(tracesUrl, traceId, complete, TRACE_MS_MAX);
  if (!trace) throw new NotAnswered(`no trace ${traceId} at ${tracesUrl} after ${TRACE_MS_MAX / 1_000} s`);
  return trace;
}

export async function orderInCluster(place: Place, args: readonly string[]): Promise<boolean> {
  noArguments('cluster:order', args);
  console.log(`placing an order for 1 × espresso at harbour (${place.name})`);
  const system = await installedSystem(place);
  const { status, orderId, traceId } = await placeOrder(system);
  console.log(`${status} order ${orderId}\n\ntrace ${traceId}`);
  const trace = await traceOf(system, traceId);
  for (const line of treeOf(trace)) console.log(line);
  const found = servicesIn(trace);
  console.log(`${trace.spans.length} spans in ${found.length} services\n`);
  console.log(`look at it again: ${system.tracesUrl}/api/traces/${traceId}`);
  return found.length >= Object.keys(services).length;
}
