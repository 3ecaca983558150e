/** How much memory Node may take, by what it runs; and what the auditor keeps of its time. The chart uses the same. */
import { slowRoutesMs } from '../../topology.ts';

/** Without a bound V8 lets garbage grow to what the machine has; these hold one process near 115 MB, at 130 under load. */
export const SERVICE_MEMORY = [
  '--max-old-space-size=96',
  // With 2 each look for garbage found requests still under way and copied them: 174 orders/s against 228, and a third
  // more CPU for each, for 12 MB less a process (docs/price.md). 16 gained nothing over 8.
  '--max-semi-space-size=8',
  // One helper thread instead of four, and no start-up snapshot: 3 and 5 MB less each, at the same orders a second.
  '--v8-pool-size=1',
  '--no-node-snapshot',
] as const;

export const nodeFlags = {
  traces: ['--max-old-space-size=192', '--max-semi-space-size=2'],
  // It only listens: each audit is a process of its own, with a bound of its own.
  auditor: ['--max-old-space-size=32', '--max-semi-space-size=1', '--v8-pool-size=1'],
  watcher: ['--max-old-space-size=48', '--max-semi-space-size=1', '--v8-pool-size=1'],
  'lab-runner': ['--max-old-space-size=48', '--max-semi-space-size=1', '--v8-pool-size=1'],
  // In a flood of requests that it refuses nearly all is garbage at once; as for the services.
  'load-balancer': ['--max-old-space-size=64', '--max-semi-space-size=8'],
} as const;

/** glibc's malloc keeps an arena per thread and gives little back; these two take 4 MB off each process and cost nothing that was measurable. */
export const MALLOC = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536' } as const;

/** The auditor's own answer "too slow" reaches the gateway before that gives up. */
const AUDIT_RESERVE_MS = 5_000;
export const auditMsMax = slowRoutesMs['/v1/audit'] - AUDIT_RESERVE_MS;
