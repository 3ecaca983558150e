import { Controller, Inject } from '@nestjs/common';
import type { TopUp } from '@seams/contracts';
import type { BusinessLogic } from '../../outbound/business-logic.ts';
import { replayedHeader } from './replayed.ts';
import { routes } from './routes.ts';
import { type Answer, type Asked, Serve } from './serve.ts';
import { BUSINESS_LOGIC } from './tokens.ts';

@Controller()
export class WalletHttp {
  constructor(@Inject(BUSINESS_LOGIC) private readonly businessLogic: BusinessLogic) {}

  @Serve(routes.topUp)
  async topUp({ ctx, principal, key, body }: Asked<typeof routes.topUp>): Promise<Answer<typeof routes.topUp>> {
    const { amountCents } = body;
    const { topUp, replayed } = await this.businessLogic.topUp(ctx, { principal, key, amountCents });
    return { body: encodeTopUp(topUp), headers: replayedHeader(replayed) };
  }

  @Serve(routes.getWallet)
  async getWallet({ ctx, principal }: Asked<typeof routes.getWallet>): Promise<Answer<typeof routes.getWallet>> {
    const { customerId, balanceCents, currency } = await this.businessLogic.getWallet(ctx, principal);
    return { body: { customerId, balanceCents, currency } };
  }
}

const encodeTopUp = (topUp: TopUp) => ({
  topUpId: topUp.topUpId,
  amountCents: topUp.amountCents,
  currency: topUp.currency,
  balanceCents: topUp.balanceCents,
  creditedAt: new Date(topUp.creditedAtMs).toISOString(),
});
