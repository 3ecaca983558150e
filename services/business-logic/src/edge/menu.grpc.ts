import { type CallContext, Failure } from '@seams/call';
import { type Cafe, type Menu, menuService } from '@seams/contracts';
import { type Implementation, implement } from '@seams/rpc';

interface UseCases {
  readCafes(ctx: CallContext): Promise<Cafe[]>;
  readMenu(ctx: CallContext, cafeId: string): Promise<Menu | undefined>;
}

export function menuOverGrpc({ readCafes, readMenu }: UseCases): Implementation {
  return implement(menuService, {
    ListCafes: async (ctx) => ({ cafes: await readCafes(ctx) }),
    GetMenu: async (ctx, { cafeId }) => {
      const menu = await readMenu(ctx, cafeId);
      if (!menu) throw new Failure('not_found', 'cafe_unknown', 'There is no such café.');
      return { menu };
    },
  });
}
