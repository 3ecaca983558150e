import type { CallContext } from '@seams/call';
import { type CommitTopUpRequest, type CommitTopUpResponse, walletStoreService } from '@seams/contracts';
import type { Db } from '@seams/postgres';
import { type Implementation, implement } from '@seams/rpc';
import { CURRENCY } from '../currency.ts';
import { readBalance } from '../wallets/wallet-store.ts';

export function walletsOverGrpc(
  db: Db,
  commitTopUp: (ctx: CallContext, request: CommitTopUpRequest) => Promise<CommitTopUpResponse>,
): Implementation {
  return implement(walletStoreService, {
    CommitTopUp: commitTopUp,
    ReadWallet: async (ctx, { customerId }) => {
      const balanceCents = await readBalance((sql, values) => db.query(ctx, sql, values), customerId);
      return { wallet: { customerId, balanceCents, currency: CURRENCY } };
    },
  });
}
