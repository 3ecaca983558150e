import { describe, expect, it } from '@jest/globals';
import { type CallContext, Failure } from '@seams/call';
import type { Analytics, Report, ReportAsked } from './analytics.ts';
import { reportsStaleIfError } from './report-cache.ts';

const STAFF = { subject: 's', roles: ['staff'], cafeIds: ['harbour', 'garden'] };
const ASKED: ReportAsked = { principal: STAFF, cafeId: 'harbour', fromMs: 0, toMs: 60_000, question: 'the last hour' };
const REPORT: Report = { cafeId: 'harbour', minutes: [], ordersTotal: 9, revenueTotalCents: 1_980, asOfMs: 5 };
const STALE_MS_MAX = 1_000;
const ctx = (ms = 2_000): CallContext => ({ deadlineAt: Date.now() + ms, signal: new AbortController().signal });

function scene() {
  let now = 1_000_000;
  let next: () => Promise<Report> = async () => REPORT;
  const analytics: Analytics = { getCafeReport: () => next() };
  return {
    reports: reportsStaleIfError(analytics, { answerMs: 1_050, staleMsMax: STALE_MS_MAX, monotonicMs: () => now }),
    fails: (kind: 'unavailable' | 'timed_out' | 'forbidden' | 'bug') => {
      next = async () => {
        throw new Failure(kind, 'some_reason');
      };
    },
    later: (ms: number) => {
      now += ms;
    },
  };
}

describe('a report, when analytics cannot be asked', () => {
  it.each(['unavailable', 'timed_out'] as const)('is the last one, with its age: %s', async (kind) => {
    const { reports, fails, later } = scene();
    expect(await reports.getCafeReport(ctx(), ASKED)).toEqual(REPORT);
    fails(kind);
    later(700);
    const moved = { ...ASKED, fromMs: 60_000, toMs: 120_000, principal: { ...STAFF, subject: 'a colleague' } };
    expect(await reports.getCafeReport(ctx(), moved)).toEqual({
      ...REPORT,
      degraded: { mark: 'report=stale', ageMs: 700 },
    });
  });

  it.each<[string, Partial<ReportAsked>]>([
    ['another café', { cafeId: 'garden' }],
    ['another question', { question: 'yesterday' }],
    ['staff of another café', { principal: { ...STAFF, cafeIds: ['garden'] } }],
    ['staff of one café more', { principal: { ...STAFF, cafeIds: ['harbour', 'garden', 'tower'] } }],
    ['a customer who works nowhere', { principal: { subject: 's', roles: ['customer'], cafeIds: [] } }],
    ['a customer with these cafés', { principal: { ...STAFF, roles: ['customer'] } }],
    ['an operator', { principal: { subject: 'o', roles: ['operator'], cafeIds: [] } }],
    ['nobody', { principal: null }],
  ])('is not given for %s', async (_, change) => {
    const { reports, fails } = scene();
    await reports.getCafeReport(ctx(), ASKED);
    fails('unavailable');
    await expect(reports.getCafeReport(ctx(), { ...ASKED, ...change })).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('is not given once analytics has said no, when it is too old, or for a bug', async () => {
    const { reports, fails, later } = scene();
    await reports.getCafeReport(ctx(), ASKED);
    fails('bug');
    await expect(reports.getCafeReport(ctx(), ASKED)).rejects.toMatchObject({ kind: 'bug' });
    fails('unavailable');
    later(STALE_MS_MAX + 1);
    await expect(reports.getCafeReport(ctx(), ASKED)).rejects.toMatchObject({ kind: 'unavailable' });
    later(-2);
    expect(await reports.getCafeReport(ctx(), ASKED)).toMatchObject({ ordersTotal: 9 });
    fails('forbidden');
    await expect(reports.getCafeReport(ctx(), ASKED)).rejects.toMatchObject({ kind: 'forbidden' });
    fails('unavailable');
    await expect(reports.getCafeReport(ctx(), ASKED)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('is not given to a client who gave it no time', async () => {
    const { reports, fails } = scene();
    await reports.getCafeReport(ctx(), ASKED);
    fails('timed_out');
    await expect(reports.getCafeReport(ctx(300), ASKED)).rejects.toMatchObject({ kind: 'timed_out' });
  });
});
