import { describe, expect, it } from '@jest/globals';
import { correctionsInStorage } from './corrections.ts';
import { ledgerInStorage } from './ledger-balances.ts';
import { doubledInStorage } from './no-doubled-order.ts';
import { lostInStorage } from './no-lost-order.ts';
import { outboxInStorage } from './outbox-is-complete.ts';
import type { Question } from './question.ts';
import { leftInStorage } from './refused-leaves-nothing.ts';
import type { Snapshot, SqlQuestion } from './snapshot.ts';
import { stockInStorage } from './stock-is-conserved.ts';

/** Answers each question by its name. What the statements find is for audit/test/contract, on Postgres. */
function snapshot(): Snapshot & { asked: SqlQuestion[]; listed: string[] } {
  const [asked, listed] = [[] as SqlQuestion[], [] as string[]];
  return {
    asked,
    listed,
    ask: async (question: SqlQuestion) => {
      asked.push(question);
      return { looksAt: question.looksAt } as Question;
    },
    rows: async (sql: string) => {
      listed.push(sql);
      return [{ kind: 'doubled_order' }] as never;
    },
    each: () => Promise.reject(new Error('not asked for')),
  };
}

const checks: readonly (readonly [string, (snapshot: Snapshot) => Promise<readonly Question[]>, RegExp[]])[] = [
  ['no lost order', lostInStorage, [/^orders of the last 23 hours/, /^orders whose total/]],
  ['no doubled order', doubledInStorage, [/^orders by their key/, /^charges in the ledger/, /^movements of stock/]],
  ['refused leaves nothing', leftInStorage, [/^keys answered with a refusal/, /^ledger entries, lines, movements/]],
  ['stock is conserved', stockInStorage, [/^stock counters:/, /^order lines:/]],
  [
    'the ledger balances',
    ledgerInStorage,
    [
      /^transfers, /,
      /^wallets, /,
      /^entries of wallets, /,
      /^orders, each with its charge/,
      /^top-ups, each with its credit/,
    ],
  ],
  ['the outbox is complete', outboxInStorage, [/^orders, each with one row in the outbox/]],
];

describe('the questions in SQL of', () => {
  it.each(checks)('%s are all asked, and their answers given in that order', async (_, ask, looksAt) => {
    const store = snapshot();
    const answers = (await ask(store)).map((answer) => answer.looksAt);
    expect(answers).toEqual(looksAt.map((text) => expect.stringMatching(text)));
    expect(store.asked.map((question) => question.looksAt)).toEqual(answers);
  });

  it.each(checks)('%s count what they look at, and name each breach by id and what', async (_, ask) => {
    const store = snapshot();
    await ask(store);
    for (const { count, breaches } of store.asked) {
      expect(count).toMatch(/^SELECT count\(/);
      expect(breaches).toMatch(/^SELECT .* AS id, .* AS what\s/s);
    }
  });

  it('corrections go to the check that they put right', async () => {
    const store = snapshot();
    const { doubled, stock, ledger, outbox, corrections } = await correctionsInStorage(store);
    const named = [doubled, stock, ledger, outbox].map((questions) => questions.map(({ looksAt }) => looksAt));
    expect(named).toEqual(
      [
        [/^void orders, each noted/, /^orders whose key was recorded/],
        [/^void orders, whose cups/, /^corrected counters/],
        [/^void orders, each with its refund/],
        [/^events that were put into the outbox/],
      ].map((texts) => texts.map((text) => expect.stringMatching(text))),
    );
    expect(corrections).toEqual([{ kind: 'doubled_order' }]);
    expect(store.listed).toEqual([expect.stringMatching(/^SELECT kind, lab, \(count\(\*\)\)::int AS count/)]);
  });
});
