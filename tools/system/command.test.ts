import { parseArgs } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { lineOf } from './command.ts';

describe('what a command says of its end', () => {
  it('is one line, also of a negative number', () => {
    const options = { wait: { type: 'string' }, data: { type: 'string', short: 'd' } } as const;
    const failureOf = (...args: string[]): unknown => {
      try {
        return parseArgs({ args, options });
      } catch (error) {
        return error;
      }
    };
    expect(lineOf(failureOf('--wait', '-1'))).toBe('--wait takes no value that begins with "-"');
    expect(lineOf(failureOf('--data', '-1'))).toBe('--data takes no value that begins with "-"');
    expect(lineOf(new Error('no system runs'))).toBe('no system runs');
    expect(lineOf('gone')).toBe('gone');
  });
});
