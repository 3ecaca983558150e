/** The ways to commit an order that are compared; the first is what the others are divided by. */
import { v7 as uuidv7 } from 'uuid';
import { readAnswer } from '../../services/storage/src/idempotency/record-store.ts';
import { commitOrderWith } from '../../services/storage/src/orders/commit-order.ts';
import { commitOrderInStepsWith } from '../../services/storage/src/orders/commit-order-in-steps.ts';
import { recordOrder, takeStock } from '../../services/storage/src/orders/order-store.ts';
import { groupCommit } from '../../services/storage/src/outbound/group-commit.ts';
import { CONNECTIONS_MAX, type Commit, type StorageTrial } from './trial.ts';

export function waysOf(trial: StorageTrial): Record<string, Commit> {
  const ids = { newId: uuidv7, traceparent: () => '' };
  const settledBy = (ordersMax: number, atOnceMax: number): Commit => {
    const db = trial.open();
    return commitOrderWith({
      ...ids,
      settle: groupCommit({ db, ordersMax, atOnceMax }),
      readAnswer: (ctx, key) => readAnswer(db, ctx, key),
    });
  };
  return {
    statements: commitOrderInStepsWith({ ...ids, db: trial.open(), recordOrder, takeStock }),
    'one function': settledBy(1, CONNECTIONS_MAX),
    groups: settledBy(32, 2),
  };
}
