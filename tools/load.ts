/**
 * `npm run load`: orders by a seeded plan with faults, resolves every unknown, sends each key once more, audits.
 * docs/load.md. Exit code 1 when something stayed unknown, a replay differs, the audit is not clean, nothing was sent or a
 * fault never fired.
 *
 *   npm run load -- --rate 50 --seconds 60 --seed 7 --faults lost-reply:10%
 */
import './system/program.ts';

import { randomInt } from 'node:crypto';
import { runLoad } from '../load/load.ts';
import { SEED_MAX } from '../load/random.ts';
import type { LoadResult } from '../load/result.ts';
import { tableOf } from '../load/show.ts';
import { type Arguments, HELP, readArguments } from './load/arguments.ts';
import { barOn } from './load/bar.ts';
import { loadedSystem } from './system/audited.ts';
import { lineOf } from './system/command.ts';
import { type Running, runningSystem } from './system/running.ts';
import { dataDirOf, fromUser, toUser } from './system/user-paths.ts';

const INTERRUPTED = 130;
/** One Ctrl-C may come twice: from the terminal, and handed on by npm. */
const SAME_PRESS_MS = 500;

function lookAt({ journalFile, traces, faults }: LoadResult, running: Running, { dataDir }: Arguments): string[] {
  const data = dataDir === dataDirOf(undefined) ? '' : ` --data ${toUser(dataDir)}`;
  return [
    `what the client was told: ${toUser(journalFile)}`,
    `the audit again: npm run audit -- --journal ${toUser(journalFile)}${data}`,
    ...Object.entries(traces).map(([what, id]) => `${what}: ${running.tracesUrl}/api/traces/${id}`),
    ...(faults.length > 0 ? ['what a lost reply is, and why the key heals it: docs/load.md'] : []),
  ];
}

async function main(): Promise<boolean> {
  const args = readArguments(process.argv.slice(2), {
    folder: fromUser('.'),
    dataDir: dataDirOf(undefined),
    now: new Date(),
    drawn: randomInt(SEED_MAX),
  });
  if (args.help) {
    console.log(HELP);
    return true;
  }
  const running = await runningSystem(args.dataDir);
  const bar = barOn(process.stderr);
  const stop = new AbortController();
  let pressedAt = Number.POSITIVE_INFINITY;
  process.on('SIGINT', () => {
    if (stop.signal.aborted && performance.now() - pressedAt > SAME_PRESS_MS) process.exit(INTERRUPTED);
    if (stop.signal.aborted) return;
    pressedAt = performance.now();
    stop.abort();
    bar.say('no more orders are sent; what was sent is resolved and judged. Ctrl-C once more ends at once');
  });

  const result = await runLoad(loadedSystem(running), { ...args, signal: stop.signal, progress: bar });
  bar.clear();
  if (args.json) console.log(JSON.stringify(result));
  else for (const line of tableOf(result, lookAt(result, running, args))) console.log(line);
  return result.ok;
}

try {
  if (!(await main())) process.exitCode = 1;
} catch (error) {
  console.error(`load: ${lineOf(error)}`);
  process.exitCode = 1;
}
