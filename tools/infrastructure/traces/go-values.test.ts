import { describe, expect, it } from '@jest/globals';
import { durationText, parseBoolean, parseDuration, parseInteger, timeText } from './go-values.ts';

describe('a duration', () => {
  it.each([
    ['0', 0],
    ['1.5s', 1_500_000_000],
    ['1h30m', 5_400_000_000_000],
    ['-200ms', -200_000_000],
    ['.5us', 500],
    ['1.s', 1_000_000_000],
    ['3µs', 3_000],
  ])('%s is read', (text, nanos) => expect(parseDuration(text)).toBe(nanos));

  it.each([
    ['', 'time: invalid duration ""'],
    ['-', 'time: invalid duration "-"'],
    ['s', 'time: invalid duration "s"'],
    ['2', 'time: missing unit in duration "2"'],
    ['2d', 'time: unknown unit "d" in duration "2d"'],
    ['9999999h', 'time: invalid duration "9999999h"'],
  ])('%j is refused in the words of Go', (text, message) => expect(() => parseDuration(text)).toThrow(message));

  it.each([
    [0, '0s'],
    [1, '1ns'],
    [1_500, '1.5µs'],
    [-20_000_000, '-20ms'],
    [4_975_000_000, '4.975s'],
    [60_500_000_000, '1m0.5s'],
    [-5_400_000_000_000, '-1h30m0s'],
  ])('of %d ns is written', (nanos, text) => expect(durationText(nanos)).toBe(text));
});

it('a time is written without zeros at its end', () => {
  expect(timeText(0n)).toBe('1970-01-01 00:00:00 +0000 UTC');
  expect(timeText(1_795_258_252_306_000_000n)).toBe('2026-11-21 10:50:52.306 +0000 UTC');
});

it('numbers and booleans have the bounds and the words of Go', () => {
  expect(parseInteger('+5')).toBe(5n);
  expect(parseInteger('-2147483648', 32)).toBe(-2_147_483_648n);
  expect(() => parseInteger('2147483648', 32)).toThrow('strconv.ParseInt: parsing "2147483648": value out of range');
  expect(() => parseInteger('1_0')).toThrow('strconv.ParseInt: parsing "1_0": invalid syntax');
  expect([parseBoolean('T'), parseBoolean('0')]).toEqual([true, false]);
  expect(() => parseBoolean('yes')).toThrow('strconv.ParseBool: parsing "yes": invalid syntax');
});
