import { expect, it } from '@jest/globals';
import type { CallContext } from '@seams/call';
import type { Db } from '@seams/postgres';
import { KEYS_PER_SWEEP_MAX, sweepKeys } from './sweep-store.ts';

const ctx: CallContext = { deadlineAt: Number.MAX_SAFE_INTEGER, signal: new AbortController().signal };

it('a sweep takes some keys at a time, older than asked, and says how many', async () => {
  const asked: unknown[] = [];
  const db = {
    write: async (...args: unknown[]) => {
      asked.push(args);
      return { rows: [], rowCount: 7 };
    },
  } as unknown as Db;
  expect(await sweepKeys(db, ctx, 24)).toBe(7);
  expect(asked).toEqual([[ctx, expect.objectContaining({ name: 'sweep_keys' }), [24, KEYS_PER_SWEEP_MAX]]]);
});
