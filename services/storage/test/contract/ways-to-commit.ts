/** Each way in which storage commits an order. Whatever is asked of one is asked of all. */
import { randomUUID } from 'node:crypto';
import { type CallContext, parseFaultPlan } from '@seams/call';
import type { CommitOrderRequest, CommitOrderResponse } from '@seams/contracts';
import type { Db } from '@seams/postgres';
import { readAnswer } from '../../src/idempotency/record-store.ts';
import { commitOrderWith } from '../../src/orders/commit-order.ts';
import { commitOrderInStepsWith } from '../../src/orders/commit-order-in-steps.ts';
import { recordOrder, takeStock } from '../../src/orders/order-store.ts';
import { groupCommit } from '../../src/outbound/group-commit.ts';

export const WAYS = ['in steps', 'alone', 'in one statement', 'together'] as const;
export type Way = (typeof WAYS)[number];
export type CommitOrder = (ctx: CallContext, request: CommitOrderRequest) => Promise<CommitOrderResponse>;

/** A plan that strikes nothing: a request that has one goes alone. */
const noFault = () => parseFaultPlan('storage.Nothing=drop-reply');

export function waysToCommit(db: Db): Record<Way, CommitOrder> {
  const ids = { newId: randomUUID, traceparent: () => '' };
  const settledBy = (ordersMax: number, atOnceMax: number): CommitOrder =>
    commitOrderWith({
      ...ids,
      settle: groupCommit({ db, ordersMax, atOnceMax }),
      readAnswer: (ctx, key) => readAnswer(db, ctx, key),
    });
  const together = settledBy(32, 2);
  return {
    'in steps': commitOrderInStepsWith({ ...ids, db, recordOrder, takeStock }),
    alone: (ctx, request) => together({ ...ctx, faults: noFault() }, request),
    'in one statement': settledBy(1, 8),
    together,
  };
}
