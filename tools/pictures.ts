/**
 * `npm run pictures`: runs labs on the running system, one after another, and draws what each measured into docs/labs/.
 *
 *   npm run pictures -- [--only lost-update,retry-storm] [--short] [--data DIR]
 */
import './system/program.ts';

import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Lab } from '../labs/lab.ts';
import { labsNamed } from './labs/catalogue.ts';
import { svgOf } from './labs/picture.ts';
import { sentenceLines, sentenceOf } from './labs/show.ts';
import { command } from './system/command.ts';
import { makeWhole } from './system/make-whole.ts';
import { runningSystem } from './system/running.ts';
import { dataDirOf } from './system/user-paths.ts';

const into = path.resolve(import.meta.dirname, '../docs/labs');

const measuredOn = (short: boolean): string =>
  `${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} cores, load average ${(os.loadavg()[0] ?? 0).toFixed(1)}${short ? ', the short form' : ''}`;

async function draw(lab: Lab, dataDir: string, short: boolean): Promise<void> {
  const system = await runningSystem(dataDir);
  const { picture, expectations } = await lab.run(system, () => {}, { short });
  await makeWhole(system);
  const others = expectations.map(sentenceOf).filter(({ outcome }) => outcome !== 'held');
  for (const one of others) console.error(`${lab.name}: ${sentenceLines(one).join('\n')}`);
  // A picture of what did not hold would be shown for years.
  if (others.length > 0) process.exitCode = 1;
  else if (picture) {
    writeFileSync(path.join(into, `${lab.name}.svg`), svgOf(picture, { name: lab.name, measured: measuredOn(short) }));
    console.log(
      `docs/labs/${lab.name}.svg  ${picture.bars.map(({ name, value }) => `${name} ${value.toFixed(2)}`).join(', ')}`,
    );
  } else console.log(`${lab.name} has no picture`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      short: { type: 'boolean', default: false },
      data: { type: 'string' },
    },
  });
  const dataDir = dataDirOf(values.data);
  const labs = await labsNamed(values.only);
  mkdirSync(into, { recursive: true });
  for (const lab of labs) await draw(lab, dataDir, values.short);
}

await command(main);
