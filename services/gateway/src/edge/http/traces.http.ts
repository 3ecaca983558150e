import { Controller, Inject } from '@nestjs/common';
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
  async get({ ctx, params }: Asked<GetTrace>): Promise<Answer<GetTrace>> {
    return { body: encoded(await this.traces.trace(ctx, params.traceId)) };
  }

  @Serve(routes.findTraces)
  async find({ ctx, query }: Asked<FindTraces>): Promise<Answer<FindTraces>> {
    const { orderId, customerId = '' } = query;
    const found = await this.traces.tracesOf(ctx, orderId === undefined ? { customerId } : { orderId });
    return { body: { traces: found.map(encoded) } };
  }

  @Serve(routes.getLogs)
  async lines({ ctx, params: { traceId }, query: { from } }: Asked<GetLogs>): Promise<Answer<GetLogs>> {
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
