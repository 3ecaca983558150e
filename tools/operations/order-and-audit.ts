/**
 * `helm test`: places an order through the gateway as a customer does, waits until its trace names every service, and
 * asks the operator's audit. Exit code 0 when all of it holds, 2 when the audit could not look, 1 otherwise. Environment:
 * API_URL, TRACES_URL (without it no trace is asked for), DEMO_EMAIL, DEMO_PASSWORD, OPERATOR_EMAIL, OPERATOR_PASSWORD.
 */
import { type AuditReport, COULD_NOT_LOOK, exitCodeOf } from '../../audit/verdict.ts';
import { services } from '../../topology.ts';
import { required } from '../infrastructure/auditor/environment.ts';
import { ask, NotAnswered } from '../order/api.ts';
import { readTrace, serviceOf, type Trace, treeOf } from '../order/trace.ts';

const TRACE_MS_MAX = 30_000;
const TOP_UP_CENTS = 5_000;
const CAFE = 'harbour';
const ITEM = 'harbour-espresso';

const url = required('API_URL');

async function login(who: 'DEMO' | 'OPERATOR'): Promise<string> {
  const body = { email: required(`${who}_EMAIL`), password: required(`${who}_PASSWORD`) };
  return (await ask<{ accessToken: string }>(url, { path: '/v1/auth/login', body })).body.accessToken;
}

async function order(): Promise<string> {
  await ask(url, { path: '/v1/wallet/top-ups', token: await login('DEMO'), body: { amountCents: TOP_UP_CENTS } });
  // A token that no gateway has seen: for one that it has, auth is not asked again within seconds.
  const token = await login('DEMO');
  const body = { cafeId: CAFE, items: [{ itemId: ITEM, quantity: 1 }] };
  const { status, headers, body: placed } = await ask<{ orderId: string }>(url, { path: '/v1/orders', token, body });
  const traceId = headers.get('trace-id') ?? '';
  console.log(`${status} order ${placed.orderId}, trace ${traceId}`);
  return traceId;
}

const namesOf = (trace: Trace): Set<string> => new Set(trace.spans.map((span) => serviceOf(trace, span)));

async function traced(traceId: string): Promise<void> {
  const tracesUrl = process.env.TRACES_URL;
  if (!tracesUrl) return console.log('no TRACES_URL: the trace is not looked at');
  const expected = Object.keys(services);
  const complete = (trace: Trace): boolean => expected.every((service) => namesOf(trace).has(service));
  const trace = await readTrace(tracesUrl, traceId, complete, TRACE_MS_MAX);
  if (!trace) throw new NotAnswered(`no trace ${traceId} at ${tracesUrl} after ${TRACE_MS_MAX / 1_000} s`);
  for (const line of treeOf(trace)) console.log(line);
  const missing = expected.filter((service) => !namesOf(trace).has(service));
  if (missing.length > 0) throw new NotAnswered(`the trace has no span of ${missing.join(', ')}`);
  console.log(`${trace.spans.length} spans in ${expected.length} services`);
}

async function audited(): Promise<number> {
  const { body } = await ask<AuditReport>(url, { path: '/v1/audit', token: await login('OPERATOR') });
  console.log(body.verdict);
  const code = exitCodeOf(body);
  const what = code === COULD_NOT_LOOK ? 'could not look' : 'is not clean';
  if (code !== 0) console.error(`order-and-audit: the audit ${what}: ${JSON.stringify(body)}`);
  return code;
}

try {
  await traced(await order());
  process.exitCode = await audited();
} catch (error) {
  console.error(`order-and-audit: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
