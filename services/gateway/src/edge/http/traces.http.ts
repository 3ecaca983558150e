import { Controller, Inject } from '@nestjs/common';
import { Failure } from '@seams/call';
import type { Principal } from '@seams/contracts';
import type { Trace, Traces } from '../../outbound/traces.ts';
import { routes } from './routes.ts';
import { type Answer, type Asked, Serve } from './serve.ts';
import { TRACES } from './tokens.ts';

type GetTrace = typeof routes.getTrace;
type FindTraces = typeof routes.findTraces;

@Controller()
export class TracesHttp {
  constructor(@Inject(TRACES) private readonly traces: Traces) {}

  @Serve(routes.getTrace)
  async get({ ctx, principal, params }: Asked<GetTrace>): Promise<Answer<GetTrace>> {
    demandOperator(principal);
    return { body: encoded(await this.traces.trace(ctx, params.traceId)) };
  }

  @Serve(routes.findTraces)
  async find({ ctx, principal, query }: Asked<FindTraces>): Promise<Answer<FindTraces>> {
    demandOperator(principal);
    return { body: { traces: (await this.traces.tracesOfOrder(ctx, query.orderId)).map(encoded) } };
  }
}

type TraceBody = Answer<GetTrace>['body'];

const encoded = ({ traceId, startedAt, spans }: Trace): TraceBody => ({
  traceId,
  startedAt,
  spans: spans.map((span) => ({ ...span, tags: { ...span.tags }, events: [...span.events] })),
});

/** A trace shows what others did. */
function demandOperator({ roles }: Principal): void {
  if (roles.includes('operator')) return;
  throw new Failure('forbidden', 'operators_only', 'Only an operator may see how requests went.');
}
