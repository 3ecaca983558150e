/**
 * Lost update (idea 2): two that read 5 both write 4. Many customers buy one cup each, at once, from one counter; then what
 * was sold is held against what the counter says.
 */
import { randomUUID } from 'node:crypto';
import { type Customer, order, stockOf, wallets } from './client.ts';
import { atLeast, atMost } from './expectation.ts';
import type { Finding, Lab } from './lab.ts';
import { breachesOf, newBreaches, unansweredIn, verdictOf } from './verdict.ts';

/** Nobody else should buy here meanwhile: other labs and the load leave this café alone or move other counters. */
const CAFE = 'tower';
const WRITERS = 16;
const ROUNDS = 5;
const CHECK = 'stock is conserved';

interface Sale {
  readonly sold: number;
  /** Cups that were sold and that the counter still offers. */
  readonly forgotten: number;
  readonly traceIds: readonly string[];
}

export const lostUpdate: Lab = {
  name: 'lost-update',
  ideas: [2],
  question: 'Two read 5 and both write 4: how many sales does the counter forget?',
  prediction: {
    ask: '16 buy a cup each at once, five times. How many sales does read-then-write forget?',
    answers: ['None: the database has transactions', 'One or two of 80', 'A third of them or more'],
    right: 2,
  },
  with: 'the conditional update',
  without: 'Seams-Without: optimistic-lock',
  seconds: { short: 6, full: 6 },
  code: ['services/storage/src/orders/order-store.ts', 'services/storage/src/naive/counter-store.ts'],

  async run(system, say): Promise<Finding> {
    const customers = await wallets(system.url, WRITERS);
    say(`${WRITERS} customers buy one espresso each at ${CAFE}, all at once, ${ROUNDS} times\n`);
    const before = await verdictOf(system);
    const real = await sell(system.url, customers, undefined);
    say(row('the conditional update', real));
    const between = await verdictOf(system);
    const naive = await sell(system.url, customers, 'optimistic-lock');
    say(row('read, then write', naive));
    const after = await verdictOf(system);
    return {
      expectations: [
        { sentence: 'with the conditional update the counter forgets no sale', held: real.forgotten === 0 },
        atMost('and the audit finds nothing new', newBreaches(before, between, CHECK) === 0, unansweredIn(between)),
        { sentence: 'read-then-write forgets some', held: naive.forgotten > 0 },
        atLeast(
          `and the audit calls it out: "5 ${CHECK}"`,
          breachesOf(after, CHECK).some(({ id }) => id === `${CAFE}-espresso`),
          unansweredIn(after),
        ),
      ],
      withPattern: `${real.forgotten} of ${real.sold} sales forgotten`,
      withoutPattern: `${naive.forgotten} of ${naive.sold} sales forgotten: so many cups are sold twice when the counter runs out`,
      picture: {
        title: 'sales that the counter forgot',
        bars: [
          { name: 'the conditional update', value: real.forgotten },
          { name: 'read, then write', value: naive.forgotten, without: true },
        ],
      },
      lookAt: [
        `two sales that met: ${naive.traceIds.map((id) => `${system.tracesUrl}/api/traces/${id}`).join('  ')}`,
        'the conditional update: takeStock in services/storage/src/orders/order-store.ts',
        'read, then write: services/storage/src/naive/counter-store.ts',
        'the counter is corrected when the lab ends, and npm run audit lists it: docs/decisions/0013-recorded-corrections.md',
      ],
    };
  },
};

const row = (how: string, { sold, forgotten }: Sale): string =>
  `  ${how.padEnd(24)}sold ${String(sold).padStart(3)}   the counter went down by ${String(sold - forgotten).padStart(3)}`;

async function sell(url: string, customers: readonly Customer[], without: string | undefined): Promise<Sale> {
  const stock = await stockOf(url, CAFE);
  const traceIds: string[] = [];
  let sold = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const answers = await Promise.all(
      customers.map((customer) => order(url, customer, { cafeId: CAFE, key: randomUUID(), without })),
    );
    sold += answers.filter(({ status }) => status === 201).length;
    traceIds.splice(0, 2, ...answers.slice(0, 2).map(({ traceId }) => traceId));
  }
  return { sold, forgotten: sold - (stock - (await stockOf(url, CAFE))), traceIds };
}
