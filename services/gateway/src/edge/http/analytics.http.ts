import { Controller, Inject } from '@nestjs/common';
import { Failure } from '@seams/call';
import type { GetCafeReportResponse } from '@seams/contracts';
import type { Analytics } from '../../outbound/analytics.ts';
import { HttpRefusal } from './problem.ts';
import { reportRange } from './report-range.ts';
import { routes } from './routes.ts';
import { type Answer, type Asked, Serve } from './serve.ts';
import { ANALYTICS } from './tokens.ts';

type Report = typeof routes.getCafeReport;

@Controller()
export class AnalyticsHttp {
  constructor(@Inject(ANALYTICS) private readonly analytics: Analytics) {}

  @Serve(routes.getCafeReport)
  async getCafeReport({ ctx, principal, params, query }: Asked<Report>): Promise<Answer<Report>> {
    const range = reportRange(query, Date.now());
    // What analytics says to a customer of any range: it does not depend on what is asked.
    if (range instanceof HttpRefusal) throw principal.roles.some((role) => READERS.includes(role)) ? range : notYours();
    const question = JSON.stringify([query.from, query.to]);
    const report = await this.analytics.getCafeReport(ctx, { principal, ...params, ...range, question });
    return { body: encodeReport(report), degraded: report.degraded };
  }
}

const READERS: readonly string[] = ['staff', 'operator'];
const notYours = (): Failure =>
  new Failure('forbidden', 'not_your_cafe', 'Only staff of this café and operators may see its numbers.');

const encodeReport = (report: GetCafeReportResponse) => ({
  cafeId: report.cafeId,
  minutes: report.minutes.map(({ minuteMs, orders, revenueCents }) => ({
    minute: iso(minuteMs),
    orders,
    revenueCents,
  })),
  ordersTotal: report.ordersTotal,
  revenueTotalCents: report.revenueTotalCents,
  asOf: report.asOfMs === 0 ? null : iso(report.asOfMs),
});

const iso = (ms: number): string => new Date(ms).toISOString();
