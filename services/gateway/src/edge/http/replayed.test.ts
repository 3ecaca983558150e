import { expect, it } from '@jest/globals';
import { replayedHeader } from './replayed.ts';

it('an answer is marked when it is an earlier one, and only then', () => {
  expect(replayedHeader(true)).toEqual({ 'Idempotency-Replayed': 'true' });
  expect(replayedHeader(false)).toEqual({});
});
