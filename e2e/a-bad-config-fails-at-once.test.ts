/** Limits that do not fit each other: the process says which line is at fault, and does not start. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { environmentOf, type Place, replicaOf, type Secrets } from '../tools/environment.ts';
import type { ServiceName } from '../topology.ts';

const EXIT_MS_MAX = 5_000;
const place: Place = { host: '127.0.0.1', offset: 9_000 };
const secrets: Secrets = {
  postgresPasswords: { storage: 'p', auth: 'p', analytics: 'p' },
};

async function start(
  service: ServiceName,
  change: Record<string, string>,
): Promise<{ code: number | null; ms: number; said: string }> {
  const startedAt = performance.now();
  const env = { ...environmentOf(replicaOf(service, 1, place), place, secrets, '/nowhere'), ...change };
  const main = path.join(import.meta.dirname, '..', 'services', service, 'dist', 'main.js');
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 2 * EXIT_MS_MAX });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => said.push(String(part)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ms: performance.now() - startedAt, said: said.join('') };
}

describe('a config whose limits do not fit', () => {
  it.each<[ServiceName, Record<string, string>, RegExp]>([
    [
      'gateway',
      { BUSINESS_LOGIC_BUDGET_MS: '1951' },
      /BUSINESS_LOGIC_BUDGET_MS: 1951 × .* must fit inside REQUEST_MS_MAX \(2000\)/,
    ],
    ['gateway', { BUSINESS_LOGIC_ATTEMPTS_MAX: '2' }, /BUSINESS_LOGIC_BUDGET_MS: .* \(2\)/],
    [
      'business-logic',
      { STORAGE_BUDGET_MS: '876' },
      /STORAGE_BUDGET_MS: 876 × .* must fit inside CALLER_WAITS_MS \(1800\)/,
    ],
    ['business-logic', { STORAGE_RETRIES_PERCENT_MAX: '50' }, /STORAGE_RETRIES_PERCENT_MAX: /],
    ['business-logic', { STORAGE_BREAKER_CALLS_MIN: '21' }, /STORAGE_BREAKER_CALLS_MIN: /],
    ['storage', { DRAIN_MS_MAX: '2000' }, /DRAIN_MS_MAX: must be above REQUEST_MS_MAX/],
    ['storage', { REQUEST_MS_MAX: '5000' }, /REQUEST_MS_MAX: /],
    ['analytics', { POSTGRES_URL: '' }, /POSTGRES_URL: /],
    ['auth', { HASHES_AT_ONCE_MAX: '4' }, /HASHES_AT_ONCE_MAX: /],
  ])('%s with %j ends within 5 s and says %s', async (service, change, line) => {
    const { code, ms, said } = await start(service, change);
    console.info(`${service}: ${said.trim()} (${ms.toFixed(0)} ms)`);
    expect(code).toBe(1);
    expect(said).toMatch(line);
    expect(ms).toBeLessThan(EXIT_MS_MAX);
  });
});
