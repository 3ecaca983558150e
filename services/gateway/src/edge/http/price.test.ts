import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from '../../../test/stand-ins.ts';

const FIGURE = { median: 2, min: 1, max: 3 };
const WRITTEN = { ...FIGURE, runs: [1, 2, 3] };
const RESULT = {
  ratios: { 'orders/s, five ÷ single': WRITTEN },
  shapes: { five: { ordersPerS: WRITTEN }, single: { ordersPerS: WRITTEN } },
  plan: { rounds: 3, rungs: ['five', 'single'] },
  machine: { cores: 2, node: 'v24' },
  turns: [{ loadBefore: 1.5, ordersPerS: 1 }, { ordersPerS: 2 }],
  later: 'something new',
};
const LADDER = [{ rung: 'bare', says: 'nothing around a call', figures: { ordersPerS: WRITTEN }, cpuMsPerOrder: {} }];

const folder = mkdtempSync(path.join(tmpdir(), 'seams-price-'));
const file = path.join(folder, 'latest.json');
let world: World;
beforeAll(async () => {
  world = await startWorld({ PRICE_FILE: file });
});
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true });
});
const asking = async (): Promise<[status: number, body: unknown]> => {
  const response = await fetch(`${world.url}/v1/price`);
  return [response.status, await response.json()];
};

describe('the price of distribution, for anybody', () => {
  it('is a 404 with the command while nobody measured it', async () => {
    expect(await asking()).toMatchObject([
      404,
      { reason: 'price_not_measured', detail: expect.stringContaining('npm run bench') },
    ]);
  });

  it('is what the benchmark wrote last, without its turns', async () => {
    writeFileSync(file, JSON.stringify(RESULT));
    utimesSync(file, 0, 1_700_000_000);
    const [five, single] = ['five', 'single'].map((rung) => ({ rung, says: '', figures: { ordersPerS: FIGURE } }));
    expect(await asking()).toEqual([
      200,
      {
        measuredAt: '2023-11-14T22:13:20.000Z',
        ratios: { 'orders/s, five ÷ single': FIGURE },
        rungs: [five, single],
        bytesPerOrder: {},
        plan: { rounds: 3, rungs: '["five","single"]' },
        machine: { cores: 2, node: 'v24' },
        loads: [1.5],
      },
    ]);
  });

  it('has the rungs between the two, and the bytes of each hop, where they were measured', async () => {
    const bytesPerOrder = { bare: { 'gateway → auth': { sent: 700, received: 300 } } };
    writeFileSync(file, JSON.stringify({ ...RESULT, ladder: LADDER, bytesPerOrder }));
    expect(await asking()).toMatchObject([
      200,
      { rungs: [{ rung: 'bare', says: 'nothing around a call' }], bytesPerOrder },
    ]);
  });

  it.each(['{', '[]', '{"ratios":{"a":1}}'])('is a 503 when %s stands there', async (text) => {
    writeFileSync(file, text);
    expect(await asking()).toMatchObject([503, { reason: 'price_unreadable' }]);
  });
});
