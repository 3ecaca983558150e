import { rootContext } from '@seams/call';
import { readOrders } from '../../services/storage/src/orders/order-store.ts';
import { readBalance } from '../../services/storage/src/wallets/wallet-store.ts';
import { READERS } from '../history/history-store.ts';
import type { StorageTrial } from './trial.ts';
import { waysOf } from './ways.ts';

const PAGE = 20;
const CALLERS = 16;
const READ_MS_MAX = 10_000;

export interface Kind {
  readonly name: string;
  readonly callers: number;
  readonly once: () => Promise<unknown>;
}

/** What is asked of a trial with a history, by storage's own code. */
export function kindsOf(trial: StorageTrial): Kind[] {
  const commit = waysOf(trial).groups;
  if (!commit) throw new Error('orders are committed in groups');
  const db = trial.open();
  let turn = 0;
  const reader = (): string => trial.seeded.customers[turn++ % READERS] as string;
  const ctx = () => rootContext({ atMostMs: READ_MS_MAX, signal: new AbortController().signal });
  const order = (): Promise<unknown> => {
    const asked = trial.order('spread');
    return commit(asked.ctx, asked.request);
  };
  const read = async (): Promise<void> => {
    const page = { customerId: reader(), afterOrderId: '', size: PAGE + 1 };
    const orders = await readOrders((sql, given) => db.query(ctx(), sql, given), page);
    if (orders.length !== page.size) throw new Error(`a reader has ${orders.length} orders`);
  };
  return [
    { name: 'an order, 1 caller', callers: 1, once: order },
    { name: `an order, ${CALLERS} callers`, callers: CALLERS, once: order },
    { name: 'my orders, a page of 20', callers: 1, once: read },
    { name: 'my wallet', callers: 1, once: () => readBalance((sql, given) => db.query(ctx(), sql, given), reader()) },
  ];
}
