import { describe, expect, it } from '@jest/globals';
import {
  type Correction,
  correctionsInAnalytics,
  correctionText,
  countsAgainstEvidence,
  countText,
} from './corrections.ts';
import { tableOf } from './show.ts';
import type { inSnapshot } from './snapshot.ts';
import { reportOf } from './verdict.ts';

const CORRECTION: Correction = {
  kind: 'doubled_order',
  lab: 'three-endings',
  count: 2,
  at: '2026-11-21T10:14:59.000Z',
};
const QUESTION = { looksAt: 'orders', lookedAt: 3, breachesTotal: 0, breaches: [] };

describe('a correction', () => {
  it.each([
    [CORRECTION, '2 doubled orders, corrected by lab three-endings at 2026-11-21 10:14 UTC'],
    [
      { ...CORRECTION, kind: 'lost_event', count: 1, lab: 'reconcile' },
      '1 lost event, corrected by npm run reconcile at 2026-11-21 10:14 UTC',
    ],
  ])('%# is told with its lab and its time', (correction, text) => {
    expect(correctionText(correction)).toBe(text);
  });

  it('is listed by the report and counted by the verdict', () => {
    const report = reportOf(
      { startedAt: 0, ms: 0 },
      [['a check', [QUESTION]]],
      [CORRECTION, { ...CORRECTION, count: 3 }],
    );
    expect(report).toMatchObject({ clean: true, verdict: 'audit: clean, 3 things looked at by 1 checks, 5 corrected' });
    const listed = [CORRECTION, { ...CORRECTION, count: 3 }].map((one) => `    ${correctionText(one)}`);
    expect(tableOf(report).slice(-6)).toEqual(['', 'corrected', ...listed, '', `${report.verdict} (0.0 s)`]);
  });

  it('of which there is none changes nothing of the verdict', () => {
    const report = reportOf({ startedAt: 0, ms: 0 }, [['a check', [QUESTION]]]);
    expect(report.verdict).toBe('audit: clean, 3 things looked at by 1 checks');
    expect(tableOf(report)).not.toContain('corrected');
  });

  it('makes no breach clean', () => {
    const breached = { ...QUESTION, breachesTotal: 1, breaches: [{ id: 'x', what: 'gone' }] };
    const report = reportOf({ startedAt: 0, ms: 0 }, [['a check', [breached]]], [CORRECTION]);
    expect(report).toMatchObject({ clean: false, verdict: 'audit: 1 breach in 1 a check' });
  });
});

describe('a correction of totals', () => {
  const row = { cafeId: 'harbour', orders: '2', cents: '440', notedOrders: '2', notedCents: '440' };
  it('must be what was noted', () => {
    expect(countsAgainstEvidence([row])).toMatchObject({ lookedAt: 1, breachesTotal: 0 });
  });
  it.each([
    ['orders', { notedOrders: '1' }],
    ['cents', { notedCents: '0' }],
  ] as [string, { notedOrders?: string; notedCents?: string }][])('is a breach when its %s differ', (_, noted) => {
    const [orders, cents] = [noted.notedOrders ?? '2', noted.notedCents ?? '440'];
    const what = `corrected by 2 orders, 440 cents; the evidence comes to ${orders} orders, ${cents} cents`;
    const question = countsAgainstEvidence([row, { ...row, ...noted }]);
    expect(question).toMatchObject({ lookedAt: 2, breaches: [{ id: 'harbour', what }] });
    expect(question.looksAt).toBe('corrected totals, each by as much as the naive counts noted');
  });

  it('is read with the list of corrections, which counts orders', async () => {
    const snapshot = {
      rows: async (sql: string) => [sql.startsWith('SELECT kind, lab, (sum(orders))') ? CORRECTION : row],
    };
    const look = ((_url: string, work: (of: typeof snapshot) => unknown) =>
      work(snapshot)) as unknown as typeof inSnapshot;
    const { question, corrections } = await correctionsInAnalytics('postgres://analytics', look);
    expect([question.lookedAt, question.breachesTotal, corrections]).toEqual([1, 0, [CORRECTION]]);
  });
});

describe('a count of corrections', () => {
  it.each([
    ['doubled_order', 'doubled order', 'doubled orders'],
    ['unrecorded_key', 'order without its key', 'orders without their keys'],
    ['lost_event', 'lost event', 'lost events'],
    ['lost_update', 'counter that forgot sales', 'counters that forgot sales'],
    ['doubled_count', 'doubled count', 'doubled counts'],
    ['another_kind', 'another_kind', 'another_kind'],
  ])('of %s', (kind, one, many) => {
    expect([1, 2].map((count) => countText({ kind, count }))).toEqual([`1 ${one}`, `2 ${many}`]);
  });
});
