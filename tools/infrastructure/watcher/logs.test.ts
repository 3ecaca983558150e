import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findLines } from './logs.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const OTHER = 'b'.repeat(32);
const START = Date.parse('2026-11-21T10:00:00.000Z');

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'seams-logs-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const line = (afterMs: number, more: object = {}): string =>
  `${JSON.stringify({ level: 'info', service: 'storage', process: 'storage-1', time: new Date(START + afterMs).toISOString(), msg: 'answered', ...more })}\n`;
const of = (traceId: string, more: object = {}) => ({ traceId, spanId: 'c1', ...more });
const write = (file: string, ...lines: string[]): void => writeFileSync(path.join(dir, file), lines.join(''));
const found = async (fromMs = 0) => {
  const { lines, whole } = await findLines(dir, { traceId: TRACE, fromMs });
  return [whole, ...lines.map(({ at, process }) => `${Date.parse(at) - START} ${process}`)];
};

describe('the lines of one trace', () => {
  it('are found in the files of all services, by their time, with their fields', async () => {
    write('storage-1.log', line(5, of(TRACE, { route: 'CommitOrder', ms: 3.5, errors: ['a'] })), line(6, of(OTHER)));
    write('gateway-2.log', line(9, of(TRACE, { process: 'gateway-2' })), line(1, of(TRACE, { process: 'gateway-2' })));
    write('kafka.log', line(2, of(TRACE)));
    expect(await found()).toEqual([true, '1 gateway-2', '5 storage-1', '9 gateway-2']);
    const { lines } = await findLines(dir, { traceId: TRACE, fromMs: 0 });
    expect(lines[1]).toEqual({
      at: '2026-11-21T10:00:00.005Z',
      service: 'storage',
      process: 'storage-1',
      level: 'info',
      message: 'answered',
      spanId: 'c1',
      fields: { route: 'CommitOrder', ms: 3.5, errors: '["a"]' },
    });
  });

  it('are not those that merely mention it, nor half of one', async () => {
    write('auth-1.log', line(1, of(OTHER, { reason: TRACE })), `not JSON ${TRACE}\n`, line(2, of(TRACE)).slice(0, -9));
    expect(await found()).toEqual([true]);
  });

  it('are found over the borders of what is read at once, and in the file that was set aside', async () => {
    const filler = Array.from({ length: 4_000 }, (_, n) => line(100 + n, of(OTHER, { pad: 'x'.repeat(100) })));
    write('storage-1.log.1', line(10, of(TRACE)), ...filler);
    write('storage-1.log', ...filler.slice(0, 2_000), line(20, of(TRACE)), ...filler.slice(2_000), line(30, of(TRACE)));
    expect(await found()).toEqual([true, '10 storage-1', '20 storage-1', '30 storage-1']);
  });

  it('are looked for until lines are older than the trace, and no further', async () => {
    const filler = Array.from({ length: 4_000 }, (_, n) => line(n, of(OTHER, { pad: 'x'.repeat(100) })));
    write('storage-1.log.1', line(0, of(TRACE)), line(1, of(TRACE)));
    write('storage-1.log', ...filler, line(600_000, of(TRACE)));
    expect(await found(START + 599_990)).toEqual([true, '600000 storage-1']);
  });

  it('are 500 at most, and the answer says that there are more', async () => {
    write('storage-1.log', ...Array.from({ length: 501 }, (_, n) => line(n, of(TRACE))));
    const all = await found();
    expect([all[0], all.length]).toEqual([false, 501]);
  });
});
