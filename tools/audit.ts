/**
 * `npm run audit`: was anything lost, doubled, or does it not add up? Reads from outside and changes nothing, also while
 * load and faults go on. docs/audit.md says what is checked. Exit code 1 on a breach, when there was nothing to look at, and
 * on arguments that make no sense; 2 when it could not look, because the system did not answer.
 *
 *   npm run audit -- [--journal FILE] [--wait 10] [--json] [--watch] [--data DIR]
 */
import './system/program.ts';

import path from 'node:path';
import { parseArgs } from 'node:util';
import { audit } from '../audit/audit.ts';
import { BadJournal } from '../audit/journal.ts';
import { tableOf } from '../audit/show.ts';
import { type AuditReport, COULD_NOT_LOOK, exitCodeOf } from '../audit/verdict.ts';
import { auditedSystem } from './system/audited.ts';
import { lineOf } from './system/command.ts';
import { runningSystem } from './system/running.ts';
import { dataDirOf, fromUser } from './system/user-paths.ts';

const HELP = `Was anything lost? Checks the running system from outside: Postgres, Kafka's log, the projections, REST.

  npm run audit -- [options]

  --journal FILE    hold what a client was told against it too (JSON lines, docs/audit.md)
  --wait SECONDS    how long analytics may take to count what is published    (10)
  --json            the report as JSON, on standard output alone
  --watch           again every 2 s until Ctrl-C
  --data DIR        where the system's data is                                (.seams)
  --help            this text

Exit code 0: clean. 1: a breach, nothing to look at, or arguments that make no sense. 2: it could not look.
`;

const ROUND_PAUSE_MS = 2_000;

interface Arguments {
  readonly help: boolean;
  readonly json: boolean;
  readonly watch: boolean;
  readonly waitMs: number;
  readonly journalFile: string | undefined;
  readonly dataDir: string;
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      journal: { type: 'string' },
      wait: { type: 'string', default: '10' },
      json: { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
      data: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (!/^\d+(\.\d+)?$/.test(values.wait)) throw new Error(`--wait takes seconds, not "${values.wait}"`);
  return {
    ...values,
    waitMs: Number(values.wait) * 1_000,
    journalFile: values.journal === undefined ? undefined : fromUser(values.journal),
    dataDir: dataDirOf(values.data),
  };
}

async function round({ dataDir, json, waitMs, journalFile }: Arguments): Promise<AuditReport> {
  const report = await audit(auditedSystem(await runningSystem(dataDir)), {
    waitMs,
    journalFile,
    progress: (doing) => console.error(`  ${doing}`),
  });
  if (json) console.log(JSON.stringify(report));
  else for (const line of tableOf(report)) console.log(line);
  return report;
}

/** A round that cannot be done (Postgres is down, say) is told and tried again: it is the faults that one watches. */
async function watch(args: Arguments): Promise<number> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const tally = { rounds: 0, breached: 0, undone: 0 };
  while (!stop.signal.aborted) {
    try {
      const code = exitCodeOf(await round(args));
      if (code === COULD_NOT_LOOK) tally.undone++;
      else tally.rounds++;
      if (code === 1) tally.breached++;
    } catch (error) {
      tally.undone++;
      console.error(`audit: this round could not be done: ${(error as Error).message}`);
    }
    await pause(stop.signal);
  }
  console.error(`audit: ${tally.rounds} rounds, ${tally.breached} not clean, ${tally.undone} could not be done`);
  if (tally.breached > 0) return 1;
  return tally.rounds > 0 ? 0 : COULD_NOT_LOOK;
}

const pause = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ROUND_PAUSE_MS);
    signal.addEventListener('abort', end);
  });

async function main(args: Arguments): Promise<number> {
  if (args.help) {
    console.log(HELP);
    return 0;
  }
  console.error(`auditing the system of ${path.relative(process.cwd(), args.dataDir) || '.'}: was anything lost?`);
  if (args.watch) return watch(args);
  return exitCodeOf(await round(args));
}

let args: Arguments | undefined;
try {
  args = readArguments();
} catch (error) {
  console.error(`audit: ${lineOf(error)}`);
  process.exitCode = 1;
}
try {
  if (args) process.exitCode = await main(args);
} catch (error) {
  console.error(`audit: could not be done: ${lineOf(error)}`);
  process.exitCode = error instanceof BadJournal ? 1 : COULD_NOT_LOOK;
}
