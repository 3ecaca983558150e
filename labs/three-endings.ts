/**
 * Three endings of one request (idea 1): it works; it is lost on the way; it is done, but its reply is lost. The caller
 * sees the last two alike, and one that is merely slow looks the same.
 */
import { randomUUID } from 'node:crypto';
import { type RawAnswer, rawOrder, wallet } from './client.ts';
import type { Finding, Lab } from './lab.ts';

const CAFE = 'harbour';

const ENDINGS = [
  { name: 'it works', fault: undefined },
  { name: 'the request is lost', fault: 'business-logic.PlaceOrder=drop-request' },
  { name: 'the reply is lost', fault: 'business-logic.PlaceOrder=drop-reply' },
  { name: 'the callee is slow', fault: 'business-logic.PlaceOrder=delay:60000' },
] as const;

interface Ending {
  readonly name: string;
  readonly first: RawAnswer;
  readonly again: RawAnswer;
  readonly orders: number;
  readonly charges: number;
}

export const threeEndings: Lab = {
  name: 'three-endings',
  ideas: [1],
  fallacy: 'the network is reliable',
  question: 'The answer did not come. Was it done? And what if I ask again?',
  prediction: {
    ask: 'The request was lost, or its reply was. What does the client see?',
    answers: [
      'It can tell them apart by the answer',
      'The same answer, byte for byte, in both',
      'An answer for the lost reply, none for the lost request',
    ],
    right: 1,
  },
  with: 'the idempotency key',
  without: 'Seams-Without: idempotency',
  seconds: { short: 6, full: 6 },
  code: ['services/storage/src/idempotency/once.ts', 'services/storage/src/naive/commit-order-without-idempotency.ts'],

  async run(system, say): Promise<Finding> {
    const withKey = await play(system.url, undefined, say);
    const without = await play(system.url, 'idempotency', say);
    const [, lostRequest, lostReply, slow] = withKey as [Ending, Ending, Ending, Ending];
    const doubled = without.filter(({ charges }) => charges > 1);
    return {
      expectations: [
        {
          sentence: 'the client sees a lost request and a lost reply alike, byte for byte',
          held: lostRequest.first.status === lostReply.first.status && lostRequest.first.body === lostReply.first.body,
        },
        { sentence: 'a slow callee is unknown too (504)', held: slow.first.status === 504 },
        {
          sentence: 'asked again under its key, each ending is one order and one charge',
          held: withKey.every(({ again, orders, charges }) => again.status === 201 && orders === 1 && charges === 1),
        },
        {
          sentence: 'without idempotency the lost reply is charged twice',
          held: doubled.some(({ name }) => name === lostReply.name),
        },
      ],
      withPattern: `${withKey.filter(({ charges }) => charges > 1).length} of ${withKey.length} endings charged twice`,
      withoutPattern: `${doubled.length} of ${without.length} endings charged twice (${doubled.map(({ name }) => name).join(', ')})`,
      picture: {
        title: 'endings in which the customer was charged twice',
        bars: [
          { name: 'with the idempotency key', value: withKey.filter(({ charges }) => charges > 1).length },
          { name: 'without it', value: doubled.length, without: true },
        ],
      },
      lookAt: [
        `the lost request's trace ends at the gateway: ${system.tracesUrl}/api/traces/${lostRequest.first.traceId}`,
        `the lost reply's trace goes all the way: ${system.tracesUrl}/api/traces/${lostReply.first.traceId}`,
        'the key: services/storage/src/idempotency/once.ts; without it: services/storage/src/naive',
      ],
    };
  },
};

async function play(url: string, without: string | undefined, say: (line?: string) => void): Promise<Ending[]> {
  say(without ? `\nwithout ${without}` : 'with the idempotency key');
  say(`  ${'ending'.padEnd(22)}${'first answer'.padEnd(22)}${'asked again'.padEnd(14)}orders  charges`);
  const endings: Ending[] = [];
  for (const { name, fault } of ENDINGS) {
    const customer = await wallet(url);
    const key = randomUUID();
    const first = await rawOrder(url, customer, { cafeId: CAFE, key, faults: fault, without });
    const again = await rawOrder(url, customer, { cafeId: CAFE, key, without });
    const ending = { name, first, again, orders: await customer.orders(), charges: await customer.charges() };
    endings.push(ending);
    const answer = `${first.status}${first.reason ? ` ${first.reason}` : ''}`;
    say(
      `  ${name.padEnd(22)}${answer.padEnd(22)}${String(again.status).padEnd(14)}${String(ending.orders).padEnd(8)}${ending.charges}`,
    );
  }
  return endings;
}
