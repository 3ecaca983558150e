/** `npm run bench`, its short form: that it measures rungs in turns and that its figures can be; not how quick they are. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import type { Result as Whole } from '../bench/ladder.ts';
import type { Turn } from '../bench/measure-shapes.ts';

const BENCH_MS_MAX = 240_000;
const checkout = path.resolve(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'seams-bench-'));
const cache = process.env.SEAMS_CACHE ?? path.join(checkout, '.seams', 'cache');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Result = Whole<unknown, unknown>;

const bench = (...args: string[]): Promise<{ code: number; out: string }> =>
  new Promise((resolve) => {
    const options = { cwd: checkout, timeout: BENCH_MS_MAX, env: { ...process.env, SEAMS_CACHE: cache } };
    // As `npm run bench`: the audit reads the log with kafkajs, which asks for timers of negative length (kafkajs #1751).
    const command = ['--disable-warning=TimeoutNegativeWarning', 'bench/shapes.ts', ...args];
    execFile(process.execPath, command, options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out: stdout + stderr }),
    );
  });

/** A short run of the bench that ends well: what it found, and the text of that. */
async function measured(name: string, ...args: string[]): Promise<{ text: string; result: Result }> {
  const json = path.join(folder, `${name}.json`);
  const { code, out } = await bench('--short', '--data', path.join(folder, 'data'), '--json', json, ...args);
  console.info(out);
  expect(code).toBe(0);
  expect(out).not.toContain('Warning');
  const text = readFileSync(json, 'utf8');
  return { text, result: JSON.parse(text) as Result };
}

it(
  'one process, a bare chain and five services are measured in turns, and nothing is lost in any',
  async () => {
    const { text, result } = await measured('turns', '--rungs', 'five,single,bare', '--offset', '4700');
    const { ratios, turns, ladder, bytesPerOrder } = result;
    expect(turns.map(({ rung, shape }) => [rung, shape])).toEqual([
      ['single', 'single'],
      ['bare', 'five'],
      ['five', 'five'],
    ]);
    expect(readFileSync(path.join(folder, 'data', 'latest.json'), 'utf8')).toBe(text);
    expect(ladder.map(({ rung }) => rung)).toEqual(['single', 'bare', 'five']);
    for (const turn of turns) {
      expect(turn).toMatchObject({ clean: true });
      expect(turn.done).toBeGreaterThan(20);
      expect(turn.p50Ms).toBeGreaterThan(0);
      expect(turn.p50Ms).toBeLessThanOrEqual(turn.p99Ms);
      expect(turn.p99Ms).toBeLessThanOrEqual(turn.p999Ms);
      expect(turn.nodeCpuMsPerOrder).toBeGreaterThan(0);
      expect(turn.cpuMsPerOrder.postgres).toBeGreaterThan(0);
    }
    const [single, bare, five] = turns as [Turn, Turn, Turn];
    // Each order crosses each hop, with its token, its key and its answer: some hundred bytes, not some ten thousand. What
    // comes back is less where many share it: Kafka answers once for all events of a turn of the relay.
    for (const hop of ['client → load-balancer', 'gateway → business-logic', 'storage → postgres', 'storage → kafka']) {
      const { sent, received } = bytesPerOrder.five?.[hop] ?? { sent: 0, received: 0 };
      expect([hop, sent > 50 && sent < 20_000, received > 1 && received < 20_000]).toEqual([hop, true, true]);
    }
    const hops = Object.keys(bytesPerOrder.single ?? {}).filter((hop) => hop.includes('gateway'));
    expect(hops).toEqual([]);
    expect(bare.bytesPerOrder).not.toHaveProperty('gateway → traces');
    expect(Object.keys(five.rssMb)).toEqual(expect.arrayContaining(['gateway-1', 'storage-2', 'load-balancer']));
    expect(Object.keys(single.rssMb).sort()).toEqual(['auditor', 'kafka', 'postgres', 'runner', 'single', 'traces']);
    expect(single.nodeRssMb).toBeLessThan(five.nodeRssMb);
    expect(ratios).toHaveProperty('orders/s, five ÷ single');
    for (const { median } of Object.values(ratios)) expect(Number.isFinite(median)).toBe(true);
  },
  BENCH_MS_MAX,
);

it(
  'side by side, two rungs stand at once and each has its window',
  async () => {
    const { ratios, turns } = (await measured('together', '--together', '--rungs', 'five,single')).result;
    expect(turns.map(({ rung, round, clean }) => [rung, round, clean])).toEqual([
      ['single', 1, true],
      ['five', 1, true],
    ]);
    for (const { done, warmedS } of turns) expect([done > 20, warmedS]).toEqual([true, 1]);
    expect(ratios["Node's CPU an order, five ÷ single"]?.runs).toHaveLength(1);
  },
  BENCH_MS_MAX,
);
