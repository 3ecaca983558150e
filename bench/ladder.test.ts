import { describe, expect, it } from '@jest/globals';
import { bytesPerOrder, connectionsIn } from './hops.ts';
import { resultOf, textOf } from './ladder.ts';
import type { Turn } from './measure-shapes.ts';
import type { RungName } from './rungs.ts';
import { isSettled } from './warm.ts';

const turn = (rung: RungName, round: number, ordersPerS: number): Turn => ({
  ...{ shape: rung === 'single' ? 'single' : 'five', rung, round, readyS: 8, warmedS: 6, settled: true, ordersPerS },
  ...{ p50Ms: 1, p99Ms: 2, p999Ms: 3, sequentialP50Ms: rung === 'single' ? 4 : 6, nodeRssMb: 100 },
  ...{ cpuMsPerOrder: { [rung]: 1_000 / ordersPerS }, nodeCpuMsPerOrder: 1_000 / ordersPerS, rssMb: {} },
  ...{ bytesPerOrder: { 'client → gateway': { sent: 10 * round, received: 20 } }, done: 1, notDone: {} },
  ...{ clientCores: 0, loadBefore: 0, verdict: '', clean: true },
});

describe('a ladder', () => {
  it('divides what stood beside each other in one round, and nothing else', () => {
    const turns = [turn('five', 1, 50), turn('single', 1, 100), turn('single', 2, 10), turn('five', 2, 8)];
    const { ratios, shapes, ladder } = resultOf([...turns, turn('traced', 3, 1)], {}, {});
    expect(ratios['orders/s, five ÷ single']).toMatchObject({ median: 0.65, runs: [0.5, 0.8] });
    expect(ratios['sequential p50, five − single (ms)']).toMatchObject({ median: 2 });
    expect(ratios).not.toHaveProperty('orders/s, all traced ÷ none');
    expect(shapes.five?.ordersPerS.median).toBe(29);
    expect(ladder.map(({ rung }) => rung)).toEqual(['single', 'five', 'traced']);
  });

  it('has medians of bytes and says all of it in text', () => {
    const result = resultOf([turn('five', 1, 50), turn('five', 3, 50)], {}, {});
    expect(result.bytesPerOrder.five).toEqual({ 'client → gateway': { sent: 20, received: 20 } });
    expect(result.shapes).not.toHaveProperty('single');
    expect(textOf(result)).toMatch(/client → gateway +20 \+ 20/);
    expect(textOf(result)).not.toMatch(/NaN|undefined/);
  });
});

describe('bytes of a hop', () => {
  const parties = {
    byPid: new Map([
      [7, 'gateway'],
      [8, 'auth'],
    ]),
    byPort: new Map([[7001, 'auth']]),
  };
  const listing = (sent: number): string =>
    [
      `ESTAB 0 0 127.0.0.1:40000 127.0.0.1:7001 users:(("node",pid=7,fd=1)) cubic bytes_sent:${sent} bytes_acked:${sent} bytes_received:9 segs_out:3`,
      // the other end of the same connection
      `ESTAB 0 0 127.0.0.1:7001 127.0.0.1:40000 users:(("node",pid=8,fd=1)) cubic bytes_sent:9 bytes_received:${sent}`,
      // nobody of ours
      'ESTAB 0 0 127.0.0.1:40001 127.0.0.1:7001 users:(("node",pid=9,fd=1)) cubic bytes_sent:5000',
      // made, and silent so far
      'ESTAB 0 0 127.0.0.1:40002 127.0.0.1:7001 users:(("node",pid=7,fd=2)) cubic rto:201',
    ].join('\n');

  it('are what its caller sent and received between two looks, for each order', () => {
    const [before, after] = [connectionsIn(listing(100), parties), connectionsIn(listing(1_100), parties)];
    expect(before.map(({ hop, sent }) => [hop, sent])).toEqual([
      ['gateway → auth', 100],
      ['gateway → auth', 0],
    ]);
    expect(bytesPerOrder(before, after, 10)).toEqual({ 'gateway → auth': { sent: 100, received: 0 } });
    expect(bytesPerOrder([], before, 0)).toEqual({ 'gateway → auth': { sent: 100, received: 9 } });
    expect(bytesPerOrder(after, after, 10)).toEqual({});
  });
});

describe('a warm-up', () => {
  it.each([
    [[], false],
    [[100], false],
    [[0, 0], false],
    [[100, 106], false],
    [[100, 104], true],
    [[50, 100, 96], true],
  ])('of windows with %j orders is over: %j', (done, over) => {
    expect(isSettled(done)).toBe(over);
  });
});
