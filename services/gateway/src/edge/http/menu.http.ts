import { Controller, Inject } from '@nestjs/common';
import type { Cafe, Menu } from '@seams/contracts';
import { staleMenu } from '../../degraded.ts';
import type { BusinessLogic } from '../../outbound/business-logic.ts';
import { present } from '../../outbound/present.ts';
import { routes } from './routes.ts';
import { type Answer, type Asked, Serve } from './serve.ts';
import { BUSINESS_LOGIC } from './tokens.ts';

@Controller()
export class MenuHttp {
  constructor(@Inject(BUSINESS_LOGIC) private readonly businessLogic: BusinessLogic) {}

  @Serve(routes.listCafes)
  async listCafes({ ctx }: Asked<typeof routes.listCafes>): Promise<Answer<typeof routes.listCafes>> {
    const { cafes, staleMs } = await this.businessLogic.listCafes(ctx);
    return { body: { cafes: cafes.map(encodeCafe) }, degraded: staleMenu(staleMs) };
  }

  @Serve(routes.getMenu)
  async getMenu({ ctx, params }: Asked<typeof routes.getMenu>): Promise<Answer<typeof routes.getMenu>> {
    const { menu, staleMs } = await this.businessLogic.getMenu(ctx, params.cafeId);
    return { body: encodeMenu(menu), degraded: staleMenu(staleMs) };
  }
}

const encodeCafe = ({ cafeId, name, city }: Cafe) => ({ cafeId, name, city });

const encodeMenu = ({ cafe, currency, items }: Menu) => ({
  cafe: encodeCafe(present(cafe)),
  currency,
  items: items.map(({ itemId, name, priceCents, stockUnits }) => ({ itemId, name, priceCents, stockUnits })),
});
