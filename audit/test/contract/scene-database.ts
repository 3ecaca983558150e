import type { TestDatabase } from '@seams/testkit';
import { type Snapshot, snapshotOf } from '../../snapshot.ts';
import { sqlOf } from './whole-world.ts';

/** A database in which one scene after another is played and undone. */
export interface SceneDatabase {
  /** What the scene shows. */
  readonly snapshot: Snapshot;
  /** Runs `work` while the scene is on. */
  during<T>(sql: string, work: () => Promise<T>): Promise<T>;
  /** The rows of a statement in a scene, in an order of their own, or that Postgres refuses it. */
  outcomeOf(sql: string): Promise<string>;
}

export function sceneDatabaseOn({ ask }: TestDatabase): SceneDatabase {
  const query = async (sql: string, values?: unknown[]) => ({ rows: await ask(sql, values) });
  return {
    snapshot: snapshotOf({ query } as unknown as Parameters<typeof snapshotOf>[0]),
    async during(sql, work) {
      await ask('BEGIN');
      try {
        if (sql !== '') await ask(sqlOf(sql));
        await ask('SAVEPOINT scene');
        return await work();
      } finally {
        await ask('ROLLBACK');
      }
    },
    async outcomeOf(sql) {
      try {
        return JSON.stringify((await ask(sql)).map((row) => JSON.stringify(row)).sort());
      } catch (error) {
        await ask('ROLLBACK TO SAVEPOINT scene');
        return `refused: ${String(error)}`;
      }
    },
  };
}
