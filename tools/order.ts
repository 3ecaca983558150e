/**
 * `npm run order`: places one order as the demo customer, then shows its trace as a tree and what each store holds of it.
 *
 *   npm run order -- [--cafe harbour] [--item espresso] [--quantity 1] [--data DIR]
 */
import './system/program.ts';

import { parseArgs } from 'node:util';
import { superuser } from './infrastructure/postgres-roles.ts';
import { ask, NotAnswered } from './order/api.ts';
import {
  countedText,
  eventInStores,
  ORDERS_TOPIC,
  placeIn,
  readOutbox,
  readPostgres,
  withoutRecord,
} from './order/stores.ts';
import { readTrace, serviceOf, type Trace, treeOf } from './order/trace.ts';
import { command } from './system/command.ts';
import { type Running, runningSystem } from './system/running.ts';
import { dataDirOf } from './system/user-paths.ts';

const TRACE_MS_MAX = 15_000;
const TOP_UP_CENTS = 5_000;

interface Tokens {
  readonly accessToken: string;
}
interface Menu {
  readonly items: readonly { readonly itemId: string; readonly name: string; readonly priceCents: number }[];
}
interface Order {
  readonly orderId: string;
  readonly totalCents: number;
  readonly currency: string;
}
interface Report {
  readonly ordersTotal: number;
  readonly revenueTotalCents: number;
}

const say = (line = ''): void => console.log(line);

function readArguments() {
  const { values } = parseArgs({
    options: {
      cafe: { type: 'string', default: 'harbour' },
      item: { type: 'string', default: 'espresso' },
      quantity: { type: 'string', default: '1' },
      data: { type: 'string' },
    },
  });
  const quantity = Number(values.quantity);
  if (!Number.isInteger(quantity) || quantity < 1) throw new NotAnswered('--quantity is a whole number from 1 on');
  return { ...values, quantity };
}

async function login(system: Running, email: string): Promise<string> {
  const account = system.demoAccounts.find((one) => one.email === email);
  if (!account) throw new NotAnswered(`there is no demo account ${email}`);
  const { body } = await ask<Tokens>(system.url, {
    path: '/v1/auth/login',
    body: { email, password: account.password },
  });
  return body.accessToken;
}

/** The wallet of the demo customer is filled when it would not last. */
async function topUpFor(system: Running, token: string, cents: number): Promise<void> {
  const { body: wallet } = await ask<{ balanceCents: number }>(system.url, { path: '/v1/wallet', token });
  if (wallet.balanceCents >= cents) return;
  const amountCents = Math.max(TOP_UP_CENTS, cents);
  await ask(system.url, { path: '/v1/wallet/top-ups', token, body: { amountCents } });
  say(`topped the wallet up by ${amountCents} cents`);
}

/** Complete once analytics has taken the event: the last step of an order's road. */
const isCounted = (trace: Trace): boolean => placeIn(trace) !== undefined;

async function showStores(system: Running, order: Order, trace: Trace, cafe: string): Promise<void> {
  const storage = system.postgresUrl(superuser, 'storage');
  const rows = await readPostgres(storage, order.orderId);
  say('Postgres (database storage)');
  for (const [what, text] of Object.entries(rows)) say(`  ${what.padEnd(8)}${text}`);

  say(`Kafka (topic ${ORDERS_TOPIC})`);
  const event = await readOutbox(storage, order.orderId);
  if (!event) throw new NotAnswered(`there is no event of order ${order.orderId} in the outbox`);
  const found = await eventInStores(system, event, trace);
  if (found.record) {
    const { partition, offset, key, bytes, eventId, eventType } = found.record;
    say(`  record  partition ${partition}, offset ${offset}, key ${key}, ${bytes} bytes of protobuf`);
    say(`  event   ${eventId}, ${eventType}`);
  } else {
    say(`  ${withoutRecord(event)}`);
  }

  const operator = await login(system, 'operator@seams.example');
  const { body: report } = await ask<Report>(system.url, { path: `/v1/analytics/cafes/${cafe}`, token: operator });
  say('Analytics');
  if (!found.countedAt) say(`  ${countedText(found)}`);
  say(`  ${cafe} has ${report.ordersTotal} orders, ${report.revenueTotalCents} cents`);
}

async function run(): Promise<void> {
  const { cafe, item, quantity, data } = readArguments();
  say(`placing an order for ${quantity} × ${item} at ${cafe}, as demo@seams.example`);
  const system = await runningSystem(dataDirOf(data));
  const { body: menu } = await ask<Menu>(system.url, { path: `/v1/cafes/${encodeURIComponent(cafe)}/menu` });
  const chosen = menu.items.find(({ itemId }) => itemId === `${cafe}-${item}` || itemId === item);
  if (!chosen)
    throw new NotAnswered(`${cafe} offers no ${item}; it has ${menu.items.map(({ itemId }) => itemId).join(', ')}`);
  await topUpFor(system, await login(system, 'demo@seams.example'), chosen.priceCents * quantity);
  // A token that no gateway has seen: for one that it has, auth is not asked again within seconds, and not in the trace.
  const token = await login(system, 'demo@seams.example');

  const body = { cafeId: cafe, items: [{ itemId: chosen.itemId, quantity }] };
  const { body: order, headers, status, attempts } = await ask<Order>(system.url, { path: '/v1/orders', token, body });
  const traceId = headers.get('trace-id') ?? '';
  say(
    `${status} order ${order.orderId}, ${order.totalCents} cents ${order.currency}${attempts > 1 ? `, after ${attempts} attempts` : ''}`,
  );

  const trace = await readTrace(system.tracesUrl, traceId, isCounted, TRACE_MS_MAX);
  say(`\ntrace ${traceId}`);
  if (!trace) throw new NotAnswered(`no trace ${traceId} at ${system.tracesUrl} after ${TRACE_MS_MAX} ms`);
  for (const line of treeOf(trace)) say(line);
  const services = new Set(trace.spans.map((span) => serviceOf(trace, span)));
  say(`${trace.spans.length} spans in ${services.size} services\n`);

  await showStores(system, order, trace, cafe);
  say(`\nlook at it again: ${system.tracesUrl}/api/traces/${traceId}`);
}

await command(run);
