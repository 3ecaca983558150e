import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OutgoingMessage } from '@seams/messaging';
import { eventually } from '@seams/testkit';
import type { RebuildWorld } from '../../src/rebuild.ts';
import { newScene, ordersOf as orders, type Scene } from './rebuild-scene.ts';

const TEST_MS_MAX = 90_000;

let scene: Scene;
beforeEach(async () => {
  scene = await newScene();
}, TEST_MS_MAX);
afterEach(() => scene?.end(), TEST_MS_MAX);

const ordersOf = (count: number): OutgoingMessage[] => orders(scene.topic.name, count);

/** Of this database. */
const ADVISORY_LOCKS = `FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

describe('a rebuild that cannot end', () => {
  /** Stands still at its fifth event, until it is let go. */
  function halted() {
    const reached = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    let events = 0;
    const world: Partial<RebuildWorld> = {
      countOnce:
        (count) =>
        async (...args) => {
          if (++events === 5) reached.resolve();
          if (events >= 5) await released.promise;
          return count(...args);
        },
    };
    return { world, reached: reached.promise, release: () => released.resolve() };
  }

  it(
    'because its connection breaks changes nothing, and the next one begins anew and drops what is left',
    async () => {
      await scene.counted(ordersOf(30));
      const before = await scene.tables();
      const { world, reached, release } = halted();
      const dying = scene.rebuilding(world);
      const ended = dying.then(
        () => 'ended',
        () => 'failed',
      );
      await reached;
      const killed = await scene.db.ask(`SELECT pg_terminate_backend(pid) ${ADVISORY_LOCKS}`);
      expect(killed).toHaveLength(1);
      release();
      expect(await ended).toBe('failed');
      expect([await scene.leftovers(), await scene.tables()]).toEqual([1, before]);
      // Its connection is gone a moment before Postgres lets go of its lock.
      await eventually(async () => expect(await scene.db.ask(`SELECT 1 ${ADVISORY_LOCKS}`)).toEqual([]));
      expect(await scene.rebuilding()).toMatchObject({ wereRight: true, read: 30 });
      expect([await scene.leftovers(), await scene.tables()]).toEqual([0, before]);
    },
    TEST_MS_MAX,
  );

  it(
    'because it is told to stop changes nothing and leaves nothing',
    async () => {
      await scene.counted(ordersOf(30));
      const before = await scene.tables();
      const { world, reached, release } = halted();
      const stopping = new AbortController();
      const ended = scene.rebuilding({ ...world, signal: stopping.signal }).catch((error: unknown) => String(error));
      await reached;
      stopping.abort();
      release();
      expect(await ended).toBe('Error: it was told to stop');
      expect([await scene.leftovers(), await scene.tables()]).toEqual([0, before]);
    },
    TEST_MS_MAX,
  );

  it(
    'because another one is at work says so, and the other ends as it should',
    async () => {
      await scene.counted(ordersOf(30));
      const { world, reached, release } = halted();
      const first = scene.rebuilding(world);
      await reached;
      await expect(scene.rebuilding()).rejects.toThrow('another rebuild is at work');
      release();
      expect(await first).toMatchObject({ wereRight: true, read: 30 });
    },
    TEST_MS_MAX,
  );
});
