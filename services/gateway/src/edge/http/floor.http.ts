import { Controller, Inject } from '@nestjs/common';
import { Failure } from '@seams/call';
import type { Watcher } from '../../outbound/watcher.ts';
import { routes } from './routes.ts';
import { type Answer, type Asked, Serve } from './serve.ts';
import { WATCHER } from './tokens.ts';

type GetFloor = typeof routes.floor;

@Controller()
export class FloorHttp {
  constructor(@Inject(WATCHER) private readonly watcher: Watcher) {}

  @Serve(routes.floor)
  async floor({ ctx, principal, query }: Asked<GetFloor>): Promise<Answer<GetFloor>> {
    if (!principal.roles.includes('operator')) {
      throw new Failure('forbidden', 'operators_only', 'Only an operator may see how the processes are.');
    }
    return { body: routes.floor.reply.parse(await this.watcher.floor(ctx, { after: query.after })) };
  }
}
