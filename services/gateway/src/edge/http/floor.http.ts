import { Controller, Inject } from '@nestjs/common';
import type { Watcher } from '../../outbound/watcher.ts';
import { routes } from './routes.ts';
import { type Answer, type Asked, Serve } from './serve.ts';
import { WATCHER } from './tokens.ts';

type GetFloor = typeof routes.floor;

@Controller()
export class FloorHttp {
  constructor(@Inject(WATCHER) private readonly watcher: Watcher) {}

  @Serve(routes.floor)
  async floor({ ctx, query }: Asked<GetFloor>): Promise<Answer<GetFloor>> {
    return { body: routes.floor.reply.parse(await this.watcher.floor(ctx, { after: query.after })) };
  }
}
