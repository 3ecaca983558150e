/**
 * `npm run analytics:rebuild`: counts what analytics tells again from offset 0 of Kafka's log, while orders go on, and puts
 * it into the place of the old numbers at once. docs/analytics-rebuild.md says how. Exit code 1 on failure, with
 * nothing changed.
 *
 *   npm run analytics:rebuild -- [--json] [--data DIR]
 */
import './system/program.ts';

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { command } from './system/command.ts';
import { nodeEnvironment } from './system/parts.ts';
import { type Running, runningSystem } from './system/running.ts';
import { dataDirOf } from './system/user-paths.ts';

const checkout = path.resolve(import.meta.dirname, '..');
const program = path.join(checkout, 'services/analytics/dist/rebuild.js');

interface Arguments {
  readonly json: boolean;
  readonly dataDir: string;
}

function readArguments(): Arguments {
  const { json, data } = parsed();
  return { json: json ?? false, dataDir: dataDirOf(data) };
}

function parsed() {
  try {
    return parseArgs({ options: { json: { type: 'boolean' }, data: { type: 'string' } } }).values;
  } catch (error) {
    // Node appends advice about "--" to its first sentence.
    const [what] = (error as Error).message.split(/\. |\n/);
    throw new Error(`${what}: npm run analytics:rebuild -- [--json] [--data DIR]`, { cause: error });
  }
}

/** A process of its own, as a job of a cluster would be; what it says goes straight to the terminal. */
function run(running: Running, json: boolean): Promise<number> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=TimeoutNegativeWarning', program, ...(json ? ['--json'] : [])],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: nodeEnvironment({
        POSTGRES_URL: running.postgresUrl('analytics', 'analytics'),
        POSTGRES_OWNER_URL: running.postgresUrl('analytics_owner', 'analytics'),
        KAFKA_BROKERS: running.kafkaBroker,
        ...(process.env.LOG_LEVEL ? { LOG_LEVEL: process.env.LOG_LEVEL } : {}),
      }),
    },
  );
  // It tidies up before it ends; until then we stay, so that the terminal shows its last line.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

await command(async () => {
  const { json, dataDir } = readArguments();
  const running = await runningSystem(dataDir);
  if (!existsSync(program)) throw new Error('analytics is not built: `npm run build`');
  process.exitCode = await run(running, json);
});
