/** `npm stop [-- --data DIR]`: stops the system of this data folder and waits until it is gone. */
import './system/program.ts';

import path from 'node:path';
import { readStopArguments, STOP_HELP } from './system/arguments.ts';
import { command } from './system/command.ts';
import { stopSystem } from './system/stop.ts';

async function stop(): Promise<void> {
  const { help, dataDir } = readStopArguments(process.argv.slice(2), path.resolve(import.meta.dirname, '..'));
  console.log(help ? STOP_HELP.trimEnd() : await stopSystem(dataDir));
}

await command(stop);
