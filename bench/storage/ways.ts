/** The ways to commit an order that are compared; the first is what the others are divided by. */
import type { Db } from '@seams/postgres';
import { v7 as uuidv7 } from 'uuid';
import { commitOrderWith } from '../../services/storage/src/orders/commit-order.ts';
import { recordOrder, takeStock } from '../../services/storage/src/orders/order-store.ts';
import type { Commit } from './trial.ts';

export function waysOf(db: Db): Record<string, Commit> {
  return { statements: commitOrderWith({ db, newId: uuidv7, traceparent: () => '', recordOrder, takeStock }) };
}
