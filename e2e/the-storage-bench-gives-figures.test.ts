import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const BENCH = path.join(import.meta.dirname, '../bench/storage.ts');
const BENCH_MS_MAX = 120_000;

interface Figures {
  readonly ratios: Record<string, number>;
  readonly figures: { way: string; callers: number; counters: string; perS: number; p50: number; failed: number }[];
  readonly sums: Record<string, number>;
  readonly problems: string[];
}

it(
  'in its short form too, each of them possible, and the tables agree with what was answered',
  async () => {
    const args = [BENCH, '--callers', '1,16', '--rounds', '1', '--seconds', '0.3', '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout.trimStart()).toMatch(/^\{\s*"ratios"/);
    const { ratios, figures, sums, problems } = JSON.parse(stdout) as Figures;
    expect(problems).toEqual([]);
    expect(figures).toHaveLength(3 * 2 * 2); // ways, callers, counters
    for (const { perS, p50, failed } of figures) {
      expect(failed).toBe(0);
      expect(perS).toBeGreaterThan(0);
      expect(perS).toBeLessThan(100_000);
      expect(p50).toBeGreaterThan(0);
    }
    expect(sums.orders).toBeGreaterThan(0);
    expect(new Set(Object.values(sums)).size).toBe(1);
    for (const ratio of Object.values(ratios)) expect(ratio).toBeGreaterThan(0);
  },
  BENCH_MS_MAX,
);
