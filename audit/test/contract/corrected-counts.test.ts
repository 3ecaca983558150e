/** A correction of totals must be what the naive counts noted: for the same correction, café and minute. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@seams/testkit';
import { correctionsInAnalytics } from '../../corrections.ts';
import type { inSnapshot, Snapshot } from '../../snapshot.ts';
import { type SceneDatabase, sceneDatabaseOn } from './scene-database.ts';
import { sqlMutantsOf } from './sql-mutants.ts';
import { sqlOf } from './whole-world.ts';

let database: TestDatabase;
let scene: SceneDatabase;

beforeAll(async () => {
  const migrations = fileURLToPath(new URL('../../../services/analytics/migrations', import.meta.url));
  database = await testDatabase('analytics', migrations);
  await database.ask(sqlOf(RIGHT));
  scene = sceneDatabaseOn(database);
});
afterAll(() => database?.drop());

/** Two corrections of one run, for two minutes of a café, and one of another run. */
const RIGHT = `
  INSERT INTO corrections (correction_id, kind, subject, minute, orders, revenue_cents, lab, run_id, made_at) VALUES
    (:x-1, 'doubled_count', 'harbour', '2026-12-01T10:00Z', 2, 640, 'lab', :r-1, '2026-12-01T10:14:59Z'),
    (:x-2, 'doubled_count', 'harbour', '2026-12-01T10:01Z', 1, 300, 'lab', :r-1, '2026-12-01T10:15:01Z'),
    (:x-3, 'doubled_count', 'station', '2026-12-01T10:00Z', 1, 300, 'reconcile', :r-2, '2026-12-01T10:13Z');
  INSERT INTO naive_counts (event_id, cafe_id, minute, revenue_cents, correction_id) VALUES
    (:e-1, 'harbour', '2026-12-01T10:00Z', 340, :x-1), (:e-2, 'harbour', '2026-12-01T10:00Z', 300, :x-1),
    (:e-3, 'harbour', '2026-12-01T10:01Z', 300, :x-2), (:e-4, 'station', '2026-12-01T10:00Z', 300, :x-3);`;

/** What is changed, and the cafés that are breaches then. */
const scenes: readonly (readonly [name: string, sql: string, cafes: readonly string[]])[] = [
  ['as noted', '', []],
  ['by more orders', 'UPDATE corrections SET orders = 3 WHERE correction_id = :x-1', ['harbour']],
  ['by more cents', 'UPDATE corrections SET revenue_cents = 641 WHERE correction_id = :x-1', ['harbour']],
  ['without evidence', 'DELETE FROM naive_counts WHERE correction_id = :x-3', ['station']],
  ['by evidence of another café', `UPDATE naive_counts SET cafe_id = 'market' WHERE correction_id = :x-2`, ['harbour']],
  ['by evidence of another minute', `UPDATE naive_counts SET minute = now() WHERE correction_id = :x-3`, ['station']],
  [
    'by evidence that is used already',
    'UPDATE naive_counts SET correction_id = :x-1 WHERE correction_id = :x-2',
    ['harbour'],
  ],
];

const on = (snapshot: Snapshot) =>
  (async (_url: string, work: (of: Snapshot) => Promise<unknown>) => work(snapshot)) as typeof inSnapshot;

describe('totals corrected', () => {
  it.each(scenes)('%s', async (_, sql, cafes) => {
    const { question } = await scene.during(sql, () => correctionsInAnalytics('', on(scene.snapshot)));
    expect([question.lookedAt, question.breaches.map(({ id }) => id)]).toEqual([3, cafes]);
  });

  it('are listed by run, with the last moment and the sum of the orders', async () => {
    const { corrections } = await correctionsInAnalytics('', on(scene.snapshot));
    expect(corrections).toEqual([
      { kind: 'doubled_count', lab: 'reconcile', count: 1, at: '2026-12-01T10:13:00.000Z' },
      { kind: 'doubled_count', lab: 'lab', count: 3, at: '2026-12-01T10:15:01.000Z' },
    ]);
  });

  it('are found by a statement of which no condition could be another', async () => {
    const statements: string[] = [];
    await correctionsInAnalytics('', on({ ...scene.snapshot, rows: async (sql) => (statements.push(sql), []) }));
    const right = statements.find((sql) => sql.includes('naive_counts')) ?? '';
    const mutants = sqlMutantsOf(right);
    expect(mutants.length).toBeGreaterThan(5);
    const killed = new Set<string>();
    for (const [, sql] of scenes)
      await scene.during(sql, async () => {
        const outcome = await scene.outcomeOf(right);
        for (const mutant of mutants) if ((await scene.outcomeOf(mutant.sql)) !== outcome) killed.add(mutant.change);
      });
    expect(mutants.map(({ change }) => change).filter((change) => !killed.has(change))).toEqual([]);
  });
});
