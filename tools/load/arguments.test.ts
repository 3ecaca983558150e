import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Tally } from '../../load/tally.ts';
import { readArguments } from './arguments.ts';
import { barOn, lineOf } from './bar.ts';

const surroundings = {
  folder: '/user',
  dataDir: '/checkout/.seams',
  now: new Date('2026-11-21T13:00:05.123Z'),
  drawn: 99,
};
const read = (...args: string[]) => readArguments(args, surroundings);

describe('npm run load', () => {
  it('has defaults, and a seed that is drawn', () => {
    expect(read()).toMatchObject({ rate: 50, seconds: 60, orders: undefined, seed: 99, customers: 20, audit: true });
    expect(read().baselineShare).toBe(0.2);
    expect(read().journalFile).toBe(path.join('/checkout/.seams', 'loads', 'seed-99-2026-11-21T13-00-05.jsonl'));
  });

  it('reads what is asked for, and paths from where the user stands', () => {
    const args = [
      '--rate',
      '0.5',
      '--orders',
      '10',
      '--seed',
      '7',
      '--without',
      'idempotency, outbox',
      '--no-audit',
      '--baseline',
      '5',
    ];
    expect(read(...args, '--data', 'there', '--journal', 'j.jsonl')).toMatchObject({
      rate: 0.5,
      baselineShare: 0.05,
      orders: 10,
      seconds: undefined,
      seed: 7,
      without: ['idempotency', 'outbox'],
      audit: false,
      dataDir: path.resolve('/user/there'),
      journalFile: path.resolve('/user/j.jsonl'),
    });
  });

  it.each([
    [['--rate', '0'], '--rate takes a number from 0.1 to 2000, not "0"'],
    [['--rate', 'fast'], '--rate takes a number'],
    [['--orders', '1.5'], '--orders takes a number'],
    [['--orders', '0'], '--orders takes a number'],
    [['--seed', '4294967296'], '--seed takes a number'],
    [['--orders', '5', '--seconds', '5'], 'exclude each other'],
    [['--baseline', '91'], '--baseline takes a number from 0 to 90, not "91"'],
    [['--faults', 'lost-reply'], '"lost-reply" is no fault'],
    [['--without', 'outbox,luck'], '--without takes some of idempotency, outbox,'],
    [['--unknown'], "Unknown option '--unknown'"],
  ])('refuses %j in one line', (args, why) => {
    expect(() => read(...args)).toThrow(why);
  });
});

describe('the progress of a load', () => {
  const tally = Object.assign(new Tally(200), { sent: 50, done: 45, refused: 1, unknown: 3 });

  it('is one line that is written over on a terminal, and a line every 5 s elsewhere', () => {
    expect(lineOf('sending', tally, 2)).toBe(
      '[#####...............]   2 s  sent 50/200  done 45  refused 1  unknown 3  25.0/s',
    );
    const written = (isTTY: boolean): string[] => {
      const lines: string[] = [];
      let now = 0;
      const bar = barOn({ isTTY, columns: 40, write: (text) => lines.push(text) }, () => now);
      for (; now <= 10_000; now += 1_000) bar.tick('sending', tally);
      return lines;
    };
    expect(written(false)).toHaveLength(3);
    expect(written(false).every((line) => line.endsWith('/s\n'))).toBe(true);
    expect(written(true)).toHaveLength(11);
    expect(written(true).every((line) => line.startsWith('\r\u001b[2K[') && line.length === 5 + 39)).toBe(true);
  });
});
