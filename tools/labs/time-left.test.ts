import { describe, expect, it } from '@jest/globals';
import { secondsLeft, timeText } from './time-left.ts';

const lab = (short: number, full: number) => ({ seconds: { short, full } });

describe('the time that is left', () => {
  it('is what the labs take on an idle machine before the first has ended', () => {
    const labs = [lab(5, 20), lab(10, 40)];
    expect(secondsLeft([], labs, { short: false })).toBe(60);
    expect(secondsLeft([], labs, { short: true })).toBe(15);
  });

  it('grows with how much longer than that the labs took so far', () => {
    const ran = [{ lab: lab(5, 20), seconds: 30 }];
    expect(secondsLeft(ran, [lab(10, 40)], { short: false })).toBe(60);
    expect(secondsLeft(ran, [], { short: false })).toBe(0);
  });

  it.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [59.6, '1 min 0 s'],
    [310, '5 min 10 s'],
  ])('of %d is said as %s', (seconds, said) => expect(timeText(seconds)).toBe(said));
});
