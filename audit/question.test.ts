import { expect, it } from '@jest/globals';
import { BREACHES_SHOWN_MAX, Finding, notGiven } from './question.ts';

it('a finding counts all breaches and shows the first', () => {
  const finding = new Finding('orders');
  finding.looked();
  finding.looked(20);
  for (let n = 1; n <= BREACHES_SHOWN_MAX + 2; n++) finding.breach(`o-${n}`, `breach ${n}`);
  expect(finding.question('two left out')).toEqual({
    looksAt: 'orders',
    lookedAt: 21,
    breachesTotal: BREACHES_SHOWN_MAX + 2,
    breaches: Array.from({ length: BREACHES_SHOWN_MAX }, (_, n) => ({ id: `o-${n + 1}`, what: `breach ${n + 1}` })),
    note: 'two left out',
  });
});

it('a finding of nothing has no note', () => {
  expect(new Finding('orders').question()).toStrictEqual({
    looksAt: 'orders',
    lookedAt: 0,
    breachesTotal: 0,
    breaches: [],
  });
});

it('a question that was not asked looked at nothing and says why', () => {
  expect(notGiven('orders', 'no journal')).toEqual({
    ...{ looksAt: 'orders', lookedAt: 0, breachesTotal: 0, breaches: [], note: 'no journal' },
  });
});
