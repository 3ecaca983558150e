import { describe, expect, it } from '@jest/globals';
import { type Correction, correctionText, countsAgainstEvidence } from './corrections.ts';
import { tableOf } from './show.ts';
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
    expect(tableOf(report)).toContain(`    ${correctionText(CORRECTION)}`);
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
  ])('is a breach when its %s differ', (_, noted) => {
    expect(countsAgainstEvidence([row, { ...row, ...noted }]).breaches).toMatchObject([{ id: 'harbour' }]);
  });
});
