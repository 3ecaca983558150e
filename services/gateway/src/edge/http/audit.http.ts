import { Controller, Inject } from '@nestjs/common';
import type { Auditor } from '../../outbound/auditor.ts';
import { demandOperator } from './operators-only.ts';
import { routes } from './routes.ts';
import { type Answer, type Asked, Serve } from './serve.ts';
import { AUDITOR } from './tokens.ts';

type Audit = typeof routes.audit;

@Controller()
export class AuditHttp {
  constructor(@Inject(AUDITOR) private readonly auditor: Auditor) {}

  @Serve(routes.audit)
  async audit({ ctx, principal, query }: Asked<Audit>): Promise<Answer<Audit>> {
    demandOperator(principal, 'ask whether anything was lost');
    // Read by its schema, so that what the document promises is what is answered.
    return { body: routes.audit.reply.parse(await this.auditor.audit(ctx, { waitS: query.wait })) };
  }
}
