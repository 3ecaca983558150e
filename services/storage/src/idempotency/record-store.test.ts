import { describe, expect, it } from '@jest/globals';
import { Failure } from '@seams/call';
import { type RequestKey, refusal } from '@seams/contracts';
import { answerUnder, bytesOf, type RecordRow } from './record-store.ts';

const KEY: RequestKey = { customerId: 'ada', route: 'r', key: 'k', fingerprint: Buffer.from('content') };
const row = (changes: Partial<RecordRow>): RecordRow => ({
  fingerprint: KEY.fingerprint,
  outcome: 'done',
  answer: Buffer.from('answer'),
  ...changes,
});

describe('what stands under a key', () => {
  it('is the answer as it was given', () => {
    const answer = Buffer.from('answer');
    expect(answerUnder(KEY, row({}))).toEqual({ outcome: 'done', answer });
    expect(bytesOf({ outcome: 'done', answer })).toBe(answer);
  });

  it('is a refusal with its kind, reason and message', () => {
    const failure = new Failure('rejected', 'stock_exhausted', 'Not enough tea.');
    const answer = bytesOf({ outcome: 'refused', failure });
    const { kind, reason, message } = failure;
    expect(answerUnder(KEY, row({ outcome: 'refused', answer }))).toEqual({
      outcome: 'refused',
      failure: expect.objectContaining({ kind, reason, message }),
    });
  });

  it('of a kind that this version does not know is a bug, never a success', () => {
    const answer = refusal.encode({ kind: 'tea_break', reason: 'later', message: 'Later.' });
    expect(answerUnder(KEY, row({ outcome: 'refused', answer }))).toEqual({
      outcome: 'refused',
      failure: expect.objectContaining({ kind: 'bug', reason: 'later', message: 'Later.' }),
    });
  });

  const thrownBy = (record: RecordRow | undefined): unknown => {
    try {
      return answerUnder(KEY, record);
    } catch (thrown) {
      return thrown;
    }
  };

  it('of other content is a mismatch', () => {
    expect(thrownBy(row({ fingerprint: Buffer.from('other content') }))).toMatchObject({
      kind: 'mismatch',
      reason: 'idempotency_key_reused',
      message: 'This Idempotency-Key was used for another request.',
    });
  });

  it('that went away is a conflict, which may be tried again', () => {
    expect(thrownBy(undefined)).toMatchObject({
      kind: 'conflict',
      reason: 'idempotency_key_expired_meanwhile',
      message: 'The key expired in this moment.',
    });
  });
});
