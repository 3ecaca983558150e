/**
 * Reconciliation (ideas 3 and 1): some damage was done already. Orders are doubled, and an event is lost, without their
 * patterns; then corrections put it right with entries of their own, and the audit checks each and lists it.
 */
import { randomUUID } from 'node:crypto';
import { reconcile } from '../tools/system/reconcile.ts';
import { type Customer, order, rawOrder, wallet } from './client.ts';
import { atMost } from './expectation.ts';
import type { Finding, Lab } from './lab.ts';
import { unansweredIn, verdictOf } from './verdict.ts';

const CAFE = 'harbour';
const NAME = 'reconciliation';
/** Of three intents, each sent twice: three orders too many. */
const INTENTS = 3;

export const reconciliation: Lab = {
  name: NAME,
  ideas: [3, 1],
  question: 'Orders were doubled and an event was lost. How is it put right, and who checks that?',
  prediction: {
    ask: 'A doubled order is to be taken back. What happens to its row and to its ledger entries?',
    answers: ['They are deleted', 'They are changed to 0', 'They stay, and new entries balance them'],
    right: 2,
  },
  with: 'recorded corrections',
  without: 'the damage as it is',
  seconds: { short: 3, full: 3 },
  code: [
    'services/storage/migrations/0005-corrections.sql',
    'services/analytics/migrations/0002-corrections.sql',
    'audit/corrections.ts',
    'tools/system/reconcile.ts',
  ],

  async run(system, say): Promise<Finding> {
    const before = await verdictOf(system);
    const customer = await wallet(system.url);
    const [kept, traceId] = await double(system.url, customer);
    await loseEvent(system.url);
    const doubled = await customer.charges();
    const damaged = await verdictOf(system);
    say(`${INTENTS} intents, each sent twice without the key; one more without the outbox, whose event is lost`);
    say(`  charged ${doubled} times; ${damaged.breaches - before.breaches} new breaches`);
    const corrected = await reconcile(system, NAME);
    for (const line of corrected) say(`  corrected  ${line}`);
    const again = await reconcile(system, NAME);
    const charges = await customer.charges();
    const after = await verdictOf(system);
    say(`  charged ${charges} times; ${after.breaches - before.breaches} new breaches`);
    const answers = await Promise.all(kept.map(({ key }) => rawOrder(system.url, customer, { cafeId: CAFE, key })));
    const sum = (report: typeof after): number => report.corrections.reduce((total, { count }) => total + count, 0);
    return {
      expectations: [
        {
          sentence: 'each intent is charged twice, and the audit is red',
          held: doubled === 2 * INTENTS && damaged.breaches > before.breaches,
        },
        { sentence: 'corrected, each intent is charged once', held: charges === INTENTS },
        {
          sentence: 'the same key gives the first order now',
          held: answers.every(({ body }, n) => body === kept[n]?.body),
        },
        atMost(
          'the audit finds nothing of it any more',
          after.breaches === before.breaches,
          unansweredIn(before, after),
        ),
        { sentence: 'and lists each correction', held: sum(after) > sum(before) },
        { sentence: 'asked again, nothing is corrected twice', held: again.length === 0 },
      ],
      withPattern: `${charges} charges for ${INTENTS} intents, ${after.breaches - before.breaches} new breaches`,
      withoutPattern: `${doubled} charges for ${INTENTS} intents, ${damaged.breaches - before.breaches} new breaches`,
      picture: {
        title: 'charges for three intents',
        bars: [
          { name: 'corrected', value: charges },
          { name: 'as it was left', value: doubled, without: true },
        ],
      },
      lookAt: [
        `a doubled order: ${system.tracesUrl}/api/traces/${traceId}`,
        'what may be corrected, and by which evidence: docs/decisions/0013-recorded-corrections.md',
        'npm run audit lists the corrections',
      ],
    };
  },
};

interface Kept {
  readonly key: string;
  readonly body: string;
}

/** Sends each intent twice; gives the first answers, and the trace of the last order. */
async function double(url: string, customer: Customer): Promise<[first: Kept[], traceId: string]> {
  const kept: Kept[] = [];
  let traceId = '';
  for (let n = 0; n < INTENTS; n++) {
    const key = randomUUID();
    const first = await rawOrder(url, customer, { cafeId: CAFE, key, without: 'idempotency' });
    const second = await rawOrder(url, customer, { cafeId: CAFE, key, without: 'idempotency' });
    kept.push({ key, body: first.body });
    traceId = second.traceId;
  }
  return [kept, traceId];
}

/** Published after the commit by nobody but the request itself, which fails. */
async function loseEvent(url: string): Promise<void> {
  const attempt = { cafeId: CAFE, key: randomUUID(), without: 'outbox', faults: 'storage.Publish=drop-request' };
  await order(url, await wallet(url), attempt);
}
