import { Controller, Inject } from '@nestjs/common';
import type { Auditor } from '../../outbound/auditor.ts';
import { routes } from './routes.ts';
import { type Answer, type Asked, Serve } from './serve.ts';
import { AUDITOR } from './tokens.ts';

type Audit = typeof routes.audit;

@Controller()
export class AuditHttp {
  constructor(@Inject(AUDITOR) private readonly auditor: Auditor) {}

  @Serve(routes.audit)
  async audit({ ctx, query }: Asked<Audit>): Promise<Answer<Audit>> {
    // Read by its schema, so that what the document promises is what is answered.
    return { body: routes.audit.reply.parse(await this.auditor.audit(ctx, { waitS: query.wait })) };
  }
}
