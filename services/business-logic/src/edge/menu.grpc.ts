import { type CallContext, Failure } from '@seams/call';
import { type Cafe, type Menu, menuService } from '@seams/contracts';
import { type Implementation, implement } from '@seams/rpc';
import { annotate } from '@seams/telemetry';

/** `staleMs` 0 is as of the question. */
interface Read<T> {
  readonly value: T;
  readonly staleMs: number;
}

interface UseCases {
  readCafes(ctx: CallContext): Promise<Read<Cafe[]>>;
  readMenu(ctx: CallContext, cafeId: string): Promise<Read<Menu | undefined>>;
}

export function menuOverGrpc({ readCafes, readMenu }: UseCases): Implementation {
  return implement(menuService, {
    ListCafes: async (ctx) => {
      const { value: cafes, staleMs } = await readCafes(ctx);
      mark(staleMs);
      return { cafes, staleMs };
    },
    GetMenu: async (ctx, { cafeId }) => {
      const { value: menu, staleMs } = await readMenu(ctx, cafeId);
      if (!menu) throw new Failure('not_found', 'cafe_unknown', 'There is no such café.');
      mark(staleMs);
      return { menu, staleMs };
    },
  });
}

function mark(staleMs: number): void {
  if (staleMs > 0) annotate({ degraded: `menu=stale;age=${Math.floor(staleMs / 1_000)}` });
}
