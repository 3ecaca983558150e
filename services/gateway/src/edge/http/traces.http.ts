import { Controller, Inject } from '@nestjs/common';
import { Failure } from '@seams/call';
import type { Principal } from '@seams/contracts';
import type { Logs } from '../../outbound/logs.ts';
import type { Trace, Traces } from '../../outbound/traces.ts';
import { routes } from './routes.ts';
import { type Answer, type Asked, Serve } from './serve.ts';
import { LOGS, TRACES } from './tokens.ts';

type GetTrace = typeof routes.getTrace;
type FindTraces = typeof routes.findTraces;
type GetLogs = typeof routes.getLogs;

@Controller()
export class TracesHttp {
  constructor(
    @Inject(TRACES) private readonly traces: Traces,
    @Inject(LOGS) private readonly logs: Logs,
  ) {}

  @Serve(routes.getTrace)
  async get({ ctx, principal, params }: Asked<GetTrace>): Promise<Answer<GetTrace>> {
    demandOperator(principal);
    return { body: encoded(await this.traces.trace(ctx, params.traceId)) };
  }

  @Serve(routes.findTraces)
  async find({ ctx, principal, query }: Asked<FindTraces>): Promise<Answer<FindTraces>> {
    demandOperator(principal);
    const { orderId, customerId = '' } = query;
    const found = await this.traces.tracesOf(ctx, orderId === undefined ? { customerId } : { orderId });
    return { body: { traces: found.map(encoded) } };
  }

  @Serve(routes.getLogs)
  async lines({ ctx, principal, params: { traceId }, query: { from } }: Asked<GetLogs>): Promise<Answer<GetLogs>> {
    demandOperator(principal);
    const found = await this.logs.ofTrace(ctx, { traceId, fromMs: from === undefined ? 0 : Date.parse(from) });
    return { body: routes.getLogs.reply.parse({ traceId, ...found }) };
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
