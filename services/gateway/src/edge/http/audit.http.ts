import { Controller, Inject } from '@nestjs/common';
import { Failure } from '@seams/call';
import type { Auditor } from '../../outbound/auditor.ts';
import { routes } from './routes.ts';
import { type Answer, type Asked, Serve } from './serve.ts';
import { AUDITOR } from './tokens.ts';

type Audit = typeof routes.audit;

@Controller()
export class AuditHttp {
  constructor(@Inject(AUDITOR) private readonly auditor: Auditor) {}

  @Serve(routes.audit)
  async audit({ ctx, principal, query }: Asked<Audit>): Promise<Answer<Audit>> {
    // Decided here, for nobody stands behind the auditor who could: it knows the system, not its users.
    if (!principal.roles.includes('operator')) {
      throw new Failure('forbidden', 'operators_only', 'Only an operator may ask whether anything was lost.');
    }
    // Read by its schema, so that what the document promises is what is answered.
    return { body: routes.audit.reply.parse(await this.auditor.audit(ctx, { waitS: query.wait })) };
  }
}
