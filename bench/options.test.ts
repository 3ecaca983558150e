import { describe, expect, it } from '@jest/globals';
import { fromUser } from '../tools/system/user-paths.ts';
import { amount, aSwitch, count, counts, folder, namesOf, optionalPath, readOptions, share } from './options.ts';

const asked = {
  rounds: count('3'),
  offset: count('2600', 0),
  seconds: amount('1.5'),
  'trace-ratio': share('0.1'),
  clients: counts('1,4,16'),
  rungs: namesOf(['single', 'bare', 'five'], 'five,single'),
  data: folder('/d'),
  json: optionalPath,
  short: aSwitch,
};
const read = (...args: string[]) => readOptions(args, asked);

describe('the options of a bench', () => {
  it('are what they usually are', () => {
    expect(read()).toEqual({
      rounds: 3,
      offset: 2_600,
      seconds: 1.5,
      'trace-ratio': 0.1,
      clients: [1, 4, 16],
      rungs: ['single', 'five'],
      data: '/d',
      json: undefined,
      short: false,
    });
  });

  it('are what is given', () => {
    const given = read(
      '--rounds=2',
      '--offset',
      '0',
      '--rungs',
      'bare',
      '--json',
      'a.json',
      '--short',
      '--clients',
      '8',
    );
    expect(given).toMatchObject({ rounds: 2, offset: 0, rungs: ['bare'], clients: [8], short: true });
    expect(given.json).toBe(fromUser('a.json'));
  });

  it.each([
    [['--rounds', '0'], '--rounds takes a whole number from 1, not "0"'],
    [['--rounds', 'x'], '--rounds takes a whole number from 1, not "x"'],
    [['--rounds', '1.5'], '--rounds takes a whole number from 1, not "1.5"'],
    [['--rounds='], '--rounds takes a whole number from 1, not ""'],
    [['--seconds', '0'], '--seconds takes a number above 0, not "0"'],
    [['--seconds', '1e3'], '--seconds takes a number above 0, not "1e3"'],
    [['--trace-ratio', '1.1'], '--trace-ratio takes a number from 0 to 1, not "1.1"'],
    [['--clients', '1,,2'], '--clients takes whole numbers from 1, separated by commas, not "1,,2"'],
    [['--rungs', 'five,nope'], '--rungs takes some of single,bare,five, not "five,nope"'],
    [['--rungs='], '--rungs takes some of single,bare,five, not ""'],
    [['--data='], '--data takes a path, not ""'],
    [['--json='], '--json takes a path, not ""'],
  ])('%j are a mistake: %s', (args, mistake) => {
    expect(() => read(...args)).toThrow(new Error(mistake));
  });

  it('do not come with others', () => {
    expect(() => read('--bogus')).toThrow("Unknown option '--bogus'");
    expect(() => read('5')).toThrow("Unexpected argument '5'");
  });
});
