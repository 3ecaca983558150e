import type { CallContext } from '@seams/call';
import { type TopUpRequest, type TopUpResponse, type Wallet, walletService } from '@seams/contracts';
import { type Implementation, implement } from '@seams/rpc';
import { identified } from '../principal.ts';

interface UseCases {
  topUp(ctx: CallContext, request: TopUpRequest): Promise<TopUpResponse>;
  readWallet(ctx: CallContext, customerId: string): Promise<Wallet>;
}

export function walletsOverGrpc({ topUp, readWallet }: UseCases): Implementation {
  return implement(walletService, {
    TopUp: topUp,
    GetWallet: async (ctx, { principal }) => ({ wallet: await readWallet(ctx, identified(principal).subject) }),
  });
}
