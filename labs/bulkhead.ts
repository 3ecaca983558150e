/**
 * The bulkhead (idea 7): menus have become slow, and many want to see one. They take the places that are theirs and are
 * refused beyond; or they take them all, and nobody can order any more, although nothing that orders need is slow.
 */
import type { Running } from '../tools/system/running.ts';
import { type Asked, askOnce, atRate } from './asking.ts';
import { type Customer, wallets } from './client.ts';
import type { Finding, Lab } from './lab.ts';

/** Below the budget of 800 ms for an attempt at storage: slow, and no failure that a breaker would see. */
const SLOW = 'storage.ReadMenu=delay:700/server';
/** By Little's law 84 at once: more than both gateways have places for (48), let alone for menus (28). */
const MENUS_PER_SECOND = 120;
const ORDERS_PER_SECOND = 10;
const CUSTOMERS = 2;
/** Until the places are taken. */
const SETTLED_MS = 1_500;
const CAFE = 'harbour';

interface Outcome {
  readonly orders: readonly Asked[];
  readonly menus: readonly Asked[];
}

export const bulkhead: Lab = {
  name: 'bulkhead',
  ideas: [7],
  question: 'One kind of request has become slow, and many want it. Who else has to wait?',
  prediction: {
    ask: 'Menus are slow and many want them; orders need nothing that is slow. Without the bulkhead, what becomes of the orders?',
    answers: ['Nothing: they are quick', 'They take a little longer', 'Nearly all are refused'],
    right: 2,
  },
  with: 'places of its own for each class',
  without: 'Seams-Without: bulkhead',
  seconds: { short: 12, full: 14 },
  code: ['services/gateway/src/admission/gate.ts', 'services/gateway/src/admission/naive/without-bulkhead.ts'],

  async run(system, say, { short }): Promise<Finding> {
    const customers = await wallets(system.url, CUSTOMERS, 100_000);
    const seconds = short ? 5 : 6;
    say(
      `${ORDERS_PER_SECOND} orders a second; beside them ${MENUS_PER_SECOND} menus a second for ${seconds} s, each 0.7 s slow\n`,
    );
    say(`  ${''.padEnd(18)}orders  refused  menus  shown  refused`);
    const kept = await play({ system, customers, seconds, say }, undefined);
    const without = await play({ system, customers, seconds, say }, 'bulkhead');
    return {
      expectations: [
        { sentence: 'menus are refused beyond their places', held: refusedOf(kept.menus) > 0 },
        { sentence: 'and no order is', held: kept.orders.length > 0 && refusedOf(kept.orders) === 0 },
        { sentence: 'each order is placed', held: kept.orders.every(({ status }) => status === 201) },
        {
          sentence: 'without it the menus take the places of the orders',
          held: refusedOf(without.orders) > 0,
        },
      ],
      withPattern: numbersOf(kept),
      withoutPattern: numbersOf(without),
      picture: {
        title: 'orders refused while menus are slow, %',
        bars: [
          { name: 'a share for each class', value: (100 * refusedOf(kept.orders)) / kept.orders.length },
          { name: 'without it', value: (100 * refusedOf(without.orders)) / without.orders.length, without: true },
        ],
      },
      lookAt: [
        `an order beside the slow menus: ${system.tracesUrl}/api/traces/${kept.orders.at(-1)?.traceId}`,
        'seams_gateway_in_flight at the ops port of gateway-1; services/gateway/src/admission/gate.ts',
      ],
    };
  },
};

const refusedOf = (asked: readonly Asked[]): number => asked.filter(({ reason }) => reason === 'overloaded').length;

const numbersOf = ({ orders }: Outcome): string => `${refusedOf(orders)} of ${orders.length} orders refused`;

interface Scene {
  readonly system: Running;
  readonly customers: readonly Customer[];
  readonly seconds: number;
  say(line?: string): void;
}

async function play({ system, customers, seconds, say }: Scene, without: string | undefined): Promise<Outcome> {
  const since = Date.now();
  const menu = (): Promise<Asked> =>
    askOnce(system.url, { path: `/v1/cafes/${CAFE}/menu`, token: '', faults: SLOW, without });
  const order = (n: number): Promise<Asked> => {
    const { token } = customers[n % customers.length] as Customer;
    return askOnce(system.url, { path: '/v1/orders', token, cafeId: CAFE });
  };
  const during = (perSecond: number) => (sent: number) => sent < seconds * perSecond;
  const [menus, all] = await Promise.all([
    atRate(MENUS_PER_SECOND, during(MENUS_PER_SECOND), menu),
    atRate(ORDERS_PER_SECOND, during(ORDERS_PER_SECOND), order),
  ]);
  const outcome = { menus, orders: all.filter(({ sentAt }) => sentAt > since + SETTLED_MS) };
  say(rowOf(without, outcome));
  return outcome;
}

function rowOf(without: string | undefined, { orders, menus }: Outcome): string {
  const shown = menus.filter(({ status }) => status === 200).length;
  return [
    `  ${(without ? `without ${without}` : 'with the bulkhead').padEnd(18)}${String(orders.length).padEnd(8)}`,
    `${String(refusedOf(orders)).padEnd(9)}${String(menus.length).padEnd(7)}${String(shown).padEnd(7)}${refusedOf(menus)}`,
  ].join('');
}
