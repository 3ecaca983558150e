/**
 * The questions that the audit asks in SQL, on a real Postgres: each names what is wrong and nothing else, and each part of each
 * statement is needed for that: a mutant of it that answers every scene alike has survived.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@seams/testkit';
import { correctionsInStorage } from '../../corrections.ts';
import { readFacts } from '../../facts.ts';
import { ledgerInStorage } from '../../ledger-balances.ts';
import { doubledInStorage } from '../../no-doubled-order.ts';
import { lostInStorage } from '../../no-lost-order.ts';
import { outboxInStorage } from '../../outbox-is-complete.ts';
import type { Question } from '../../question.ts';
import { leftInStorage } from '../../refused-leaves-nothing.ts';
import { inSnapshot, type Snapshot, type SqlQuestion } from '../../snapshot.ts';
import { stockInStorage } from '../../stock-is-conserved.ts';
import { type SceneDatabase, sceneDatabaseOn } from './scene-database.ts';
import { scenes } from './scenes.ts';
import { type SqlMutant, sqlMutantsOf } from './sql-mutants.ts';
import { id, TABLES, WHOLE } from './whole-world.ts';

let database: TestDatabase;
let scene: SceneDatabase;
const questions: SqlQuestion[] = [];

/** Every question, in the order of the checks. */
async function askAll(snapshot: Snapshot): Promise<Question[]> {
  const asked = [lostInStorage, doubledInStorage, leftInStorage, stockInStorage, ledgerInStorage, outboxInStorage];
  const answers: Question[] = [];
  for (const ask of asked) answers.push(...(await ask(snapshot)));
  const { doubled, stock, ledger, outbox } = await correctionsInStorage(snapshot);
  return [...answers, ...doubled, ...stock, ...ledger, ...outbox];
}

beforeAll(async () => {
  const migrations = fileURLToPath(new URL('../../../services/storage/migrations', import.meta.url));
  database = await testDatabase('storage', migrations);
  // The same columns without keys and checks: what they forbid, the audit does not rely on.
  await database.ask('CREATE SCHEMA bare');
  for (const table of TABLES)
    await database.ask(`CREATE TABLE bare.${table} (LIKE public.${table} INCLUDING DEFAULTS INCLUDING IDENTITY)`);
  await database.ask('SET search_path = bare');
  await database.ask(WHOLE);
  scene = sceneDatabaseOn(database);
  await askAll({
    ...scene.snapshot,
    ask: async (question) => (questions.push(question), scene.snapshot.ask(question)),
  });
});
afterAll(() => database?.drop());

describe('the questions of the audit', () => {
  it.each(scenes)('of %s', async (_, sql, named) => {
    const answers = await scene.during(sql, () => askAll(scene.snapshot));
    const found = answers.filter(({ breachesTotal }) => breachesTotal > 0);
    const idsOf = ({ breaches }: Question): string[] => breaches.map((one) => one.id);
    expect(Object.fromEntries(found.map((answer) => [prefixOf(answer, named), idsOf(answer)]))).toEqual(
      Object.fromEntries(Object.entries(named).map(([prefix, words]) => [prefix, words.map(idOf)])),
    );
    if (sql === '') expect(answers.map(({ lookedAt }) => lookedAt)).toEqual(LOOKED_AT);
  });
});

/** How many things each question looks at when nothing is wrong. */
const LOOKED_AT = [2, 5, 5, 5, 6, 2, 36, 3, 6, 9, 3, 9, 5, 2, 5, 2, 1, 2, 1, 2, 1];

const prefixOf = ({ looksAt }: Pick<Question, 'looksAt'>, named: object): string =>
  Object.keys(named).find((prefix) => looksAt.startsWith(prefix)) ?? looksAt;
const idOf = (word: string): string => (/^[a-z]-\d+$/.test(word) ? id(word) : word);

interface Mutant extends SqlMutant {
  readonly question: SqlQuestion;
  /** The statement without its change. */
  readonly right: string;
}

describe('the statements of the audit', () => {
  it('have no condition that could be another', async () => {
    let alive = questions.flatMap((question) =>
      statementsOf(question).flatMap((right) => sqlMutantsOf(right).map((mutant) => ({ ...mutant, question, right }))),
    );
    const total = alive.length;
    // First the scenes that are about a question, then all: most mutants need one or two.
    const abouts = [
      (named: object, { question }: Mutant) => prefixOf(question, named) !== question.looksAt || isNothing(named),
      () => true,
    ];
    for (const isAbout of abouts)
      for (const [, sql, named] of scenes)
        alive = await scene.during(sql, () => survivorsOf(alive, (mutant) => isAbout(named, mutant)));
    expect(alive.map(({ change }) => change)).toEqual([]);
    expect(total).toBeGreaterThan(MUTANTS_MIN);
  });
});

const isNothing = (named: object): boolean => Object.keys(named).length === 0;

/** There are some 300: fewer than this, and the statements are written in a way that the mutants do not know. */
const MUTANTS_MIN = 200;

/** What a count takes together is written for the breaches. */
const statementsOf = ({ count, breaches }: SqlQuestion): string[] =>
  count.includes('UNION') ? [breaches] : [`SELECT (${count})::text AS id, '' AS what`, breaches];

async function survivorsOf(alive: readonly Mutant[], isTried: (mutant: Mutant) => boolean): Promise<Mutant[]> {
  const outcomes = new Map<string, string>();
  const survivors: Mutant[] = [];
  for (const mutant of alive) {
    if (!isTried(mutant)) {
      survivors.push(mutant);
      continue;
    }
    const right = outcomes.get(mutant.right) ?? (await scene.outcomeOf(mutant.right));
    outcomes.set(mutant.right, right);
    if ((await scene.outcomeOf(mutant.sql)) === right) survivors.push(mutant);
  }
  return survivors;
}

describe('the facts', () => {
  it('know which orders are void, and their lines as one text', async () => {
    const url = `${database.ownerUrl}?options=-c%20search_path%3Dbare`;
    const { orders, orderByKey, events, answers } = await inSnapshot(url, readFacts);
    const voided = [...orders.values()].filter((order) => order.voided);
    expect(voided.map(({ orderId }) => orderId)).toEqual(['o-4', 'o-5'].map(id));
    const said = { totalCents: '640', lines: '2 × tea at 300, 1 × mug at 40', key: 'k1' };
    expect(orders.get(id('o-1'))).toMatchObject(said);
    expect(orderByKey.get(`${id('c-1')} k1`)?.orderId).toBe(id('o-1'));
    expect([events.size, answers.map(({ key }) => key).sort()]).toEqual([6, ['k1', 'k3']]);
  });
});
