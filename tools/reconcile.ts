/**
 * `npm run reconcile [-- --data DIR]`: corrects what requests with Seams-Without broke, as labs do when they end. For requests
 * by hand, and for a lab that was killed. The audit lists each correction and checks it.
 */
import './system/program.ts';

import { parseArgs } from 'node:util';
import { command } from './system/command.ts';
import { reconcile } from './system/reconcile.ts';
import { runningSystem } from './system/running.ts';
import { dataDirOf } from './system/user-paths.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { data: { type: 'string' } } });
  const corrected = await reconcile(await runningSystem(dataDirOf(values.data)));
  for (const line of corrected) console.log(`corrected  ${line}`);
  if (corrected.length === 0) console.log('there is nothing to correct that a naive request broke');
}

await command(main);
