/** `npm run bench`, its short form: that it measures both shapes in turns and that its figures can be; not how quick they are. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import type { Figure } from '../bench/figures.ts';
import type { Turn } from '../bench/measure-shapes.ts';

const BENCH_MS_MAX = 240_000;
const checkout = path.resolve(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'seams-bench-'));
const cache = process.env.SEAMS_CACHE ?? path.join(checkout, '.seams', 'cache');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Result {
  readonly ratios: Readonly<Record<string, Figure>>;
  readonly turns: readonly Turn[];
}

const bench = (...args: string[]): Promise<{ code: number; out: string }> =>
  new Promise((resolve) => {
    const options = { cwd: checkout, timeout: BENCH_MS_MAX, env: { ...process.env, SEAMS_CACHE: cache } };
    execFile(process.execPath, ['bench/shapes.ts', ...args], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out: stdout + stderr }),
    );
  });

it(
  'five services and one process are measured in turns, and nothing is lost in either',
  async () => {
    const json = path.join(folder, 'result.json');
    const { code, out } = await bench(
      '--short',
      '--data',
      path.join(folder, 'data'),
      '--offset',
      '4700',
      '--json',
      json,
    );
    console.info(out);
    expect(code).toBe(0);
    const { ratios, turns } = JSON.parse(readFileSync(json, 'utf8')) as Result;
    expect(turns.map(({ shape }) => shape)).toEqual(['five', 'single']);
    for (const turn of turns) {
      expect(turn).toMatchObject({ clean: true });
      expect(turn.done).toBeGreaterThan(20);
      expect(turn.p50Ms).toBeGreaterThan(0);
      expect(turn.p50Ms).toBeLessThanOrEqual(turn.p99Ms);
      expect(turn.p99Ms).toBeLessThanOrEqual(turn.p999Ms);
      expect(turn.nodeCpuMsPerOrder).toBeGreaterThan(0);
      expect(turn.cpuMsPerOrder.postgres).toBeGreaterThan(0);
    }
    const [five, single] = turns as [Turn, Turn];
    expect(Object.keys(five.rssMb)).toEqual(expect.arrayContaining(['gateway-1', 'storage-2', 'load-balancer']));
    expect(Object.keys(single.rssMb).sort()).toEqual(['auditor', 'kafka', 'postgres', 'runner', 'single', 'traces']);
    expect(single.nodeRssMb).toBeLessThan(five.nodeRssMb);
    for (const { median } of Object.values(ratios)) expect(Number.isFinite(median)).toBe(true);
  },
  BENCH_MS_MAX,
);
