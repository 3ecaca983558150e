/**
 * `npm run find -- ORDER_ID|TRACE_ID [--data DIR]`: all that the running system knows of one request, from one id: its
 * trace, what every service wrote about it, its record in Kafka and its rows.
 */
import './system/program.ts';

import { parseArgs } from 'node:util';
import { evidenceOf } from './find/evidence.ts';
import { evidenceText } from './find/show.ts';
import { command } from './system/command.ts';
import { runningSystem } from './system/running.ts';
import { dataDirOf } from './system/user-paths.ts';

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { data: { type: 'string' } },
  });
  const id = positionals[0]?.toLowerCase();
  if (id === undefined || positionals.length > 1)
    throw new Error('one id, please: npm run find -- ORDER_ID|TRACE_ID (a trace id is in each answer, as `trace-id`)');
  const evidence = await evidenceOf(await runningSystem(dataDirOf(values.data)), id);
  console.log(evidenceText(evidence).join('\n'));
}

await command(run);
