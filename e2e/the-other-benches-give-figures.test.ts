/** The short forms of bench:events, bench:capacity, bench:rest and bench:history: that they measure, not how quick it is. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';

const BENCH_MS_MAX = 200_000;
const checkout = path.resolve(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'seams-benches-'));
const cache = process.env.SEAMS_CACHE ?? path.join(checkout, '.seams', 'cache');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs one as its npm script does, and gives what it wrote as JSON. */
async function bench<T>(name: string, ...args: string[]): Promise<T> {
  const json = path.join(folder, `${name}.json`);
  const command = ['--disable-warning=TimeoutNegativeWarning', `bench/${name}.ts`, ...args, '--json', json];
  const options = { cwd: checkout, timeout: BENCH_MS_MAX, env: { ...process.env, SEAMS_CACHE: cache } };
  const ended = await new Promise<{ code: number; out: string }>((resolve) => {
    execFile(process.execPath, command, options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out: stdout + stderr }),
    );
  });
  console.info(ended.out);
  expect(ended.code).toBe(0);
  expect(ended.out).not.toMatch(/NaN|undefined|Warning/);
  return JSON.parse(readFileSync(json, 'utf8')) as T;
}

const onItsOwn = ['--short', '--data', path.join(folder, 'data'), '--offset', '4700'];

describe('in its short form', () => {
  it(
    'the bench of events piles them up, lets them go, and each is counted',
    async () => {
      const { runs } = await bench<{ runs: Record<string, number>[] }>('events', ...onItsOwn);
      expect(runs).toHaveLength(1);
      expect(runs[0]).toMatchObject({ counted: 300, missing: 0 });
      const { drainPerS = 0, countedPerS = 0, p50Ms = 0, p99Ms = 0 } = runs[0] ?? {};
      // What is counted was on Kafka first, and nothing is counted before its commit began.
      expect(drainPerS).toBeGreaterThan(0);
      expect(countedPerS).toBeGreaterThan(0);
      expect(p50Ms).toBeGreaterThan(0);
      expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
    },
    BENCH_MS_MAX,
  );

  it(
    'the bench of capacity takes a system from two replicas to one, and predicts what can be',
    async () => {
      interface Figures {
        readonly compared: { replicas: number; clients: number; measuredPerS: number; predictedPerS: number }[];
        readonly boundPerS: number;
        readonly scaled: { ordersPerS: number; first: string }[];
      }
      const { compared, boundPerS, scaled } = await bench<Figures>('capacity', '--clients', '1,8', ...onItsOwn);
      expect(compared.map(({ replicas, clients }) => [replicas, clients])).toEqual([
        [2, 1],
        [2, 8],
        [1, 1],
        [1, 8],
      ]);
      for (const { measuredPerS, predictedPerS } of compared) {
        expect(measuredPerS).toBeGreaterThan(0);
        expect(predictedPerS).toBeGreaterThan(0);
        expect(predictedPerS).toBeLessThanOrEqual(boundPerS + 0.1);
      }
      const rates = scaled.map(({ ordersPerS }) => ordersPerS);
      expect(rates).toEqual([...rates].sort((a, b) => a - b)); // more replicas never do less
    },
    BENCH_MS_MAX,
  );

  it(
    'the bench of the rest starts both shapes and reads menus',
    async () => {
      const { turns } = await bench<{ turns: Record<string, number | string>[] }>('rest', ...onItsOwn);
      expect(turns.map(({ shape }) => shape)).toEqual(['five', 'single']);
      for (const { readyS, menusPerS, notDone } of turns) {
        expect(readyS).toBeGreaterThan(0);
        expect(menusPerS).toBeGreaterThan(0);
        expect(notDone).toBe(0);
      }
      const [five, single] = turns.map(({ rssReadyMb }) => Number(rssReadyMb));
      expect(five).toBeGreaterThan(single ?? 0);
    },
    BENCH_MS_MAX,
  );

  it(
    'the bench of history fills a past that the audit accepts',
    async () => {
      const args = ['--orders', '3000', '--rounds', '1', '--seconds', '0.2'];
      interface Figures {
        readonly rows: { name: string; ratio: { median: number } }[];
        readonly sizes: { orders: number }[];
        readonly breaches: string[];
      }
      const { rows, sizes, breaches } = await bench<Figures>('history', ...args);
      expect(breaches).toEqual([]);
      expect(sizes.map(({ orders }) => orders)).toEqual([1_000, 3_000]);
      expect(rows).toHaveLength(4);
      for (const { ratio } of rows) expect(ratio.median).toBeGreaterThan(0);
    },
    BENCH_MS_MAX,
  );
});
