import { describe, expect, it } from '@jest/globals';
import { REPORT_MINUTES_MAX } from '@seams/contracts';
import { refusalOf } from './report-request.ts';

const FROM = Date.UTC(2026, 10, 21);
const WIDEST = REPORT_MINUTES_MAX * 60_000;
const staffOf = (...cafeIds: string[]) => ({ subject: 's', roles: ['staff'], cafeIds });
const OPERATOR = { subject: 'o', roles: ['operator'], cafeIds: [] };
const REQUEST = { principal: staffOf('harbour'), cafeId: 'harbour', fromMs: FROM, toMs: FROM + 60_000 };

describe('a report', () => {
  it.each([
    ['for staff of the café', {}, undefined],
    ['for staff of this and another café', { principal: staffOf('station', 'harbour') }, undefined],
    ['for an operator', { principal: OPERATOR }, undefined],
    ['for staff of another café', { principal: staffOf('station') }, 'not_your_cafe'],
    ['for staff of no café', { principal: staffOf() }, 'not_your_cafe'],
    ['for a customer', { principal: { ...REQUEST.principal, roles: ['customer'] } }, 'not_your_cafe'],
    ['for nobody in particular', { principal: { subject: '', roles: [], cafeIds: ['harbour'] } }, 'not_your_cafe'],
    ['of nothing', { toMs: FROM }, undefined],
    ['that ends before it begins', { toMs: FROM - 1 }, 'range_backwards'],
    ['of a day', { toMs: FROM + WIDEST }, undefined],
    ['of a day and a millisecond', { toMs: FROM + WIDEST + 1 }, 'range_too_wide'],
    ['of all times', { fromMs: 0, toMs: FROM }, 'range_too_wide'],
    ['from before 1970', { fromMs: -1, toMs: 1 }, 'range_out_of_bounds'],
    ['to the year 10,000', { toMs: Date.UTC(10_000, 0, 1) }, 'range_out_of_bounds'],
    ['to the end of int64', { toMs: 2 ** 63 }, 'range_out_of_bounds'],
    ['of no café', { cafeId: '' }, 'cafe_id_malformed'],
    ['of a café with a NUL', { cafeId: 'har\u0000bour' }, 'cafe_id_malformed'],
    ['whose range is wrong and whose café is not theirs', { principal: staffOf(), toMs: 0 }, 'range_backwards'],
  ])('%s is judged', (_, changes, refusal) => {
    expect(refusalOf({ ...REQUEST, ...changes })).toBe(refusal);
  });
});
