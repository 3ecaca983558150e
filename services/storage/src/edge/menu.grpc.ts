import { Failure } from '@seams/call';
import { menuStoreService } from '@seams/contracts';
import type { Db } from '@seams/postgres';
import { type Implementation, implement } from '@seams/rpc';
import { CURRENCY } from '../currency.ts';
import { readCafes, readMenu } from '../menu/menu-store.ts';

export function menuOverGrpc(db: Db): Implementation {
  return implement(menuStoreService, {
    ReadCafes: async (ctx) => ({ cafes: await readCafes((sql, values) => db.query(ctx, sql, values)) }),
    ReadMenu: async (ctx, { cafeId }) => {
      const menu = await readMenu((sql, values) => db.query(ctx, sql, values), cafeId);
      if (!menu) throw new Failure('not_found', 'cafe_unknown', 'There is no such café.');
      return { menu: { ...menu, currency: CURRENCY } };
    },
  });
}
