/** What of the machine a run of tests needs and npm cannot install, said before the first test instead of by the first that fails. */
import { join } from 'node:path';
import { root } from '../check/run.ts';
import { browserPath, NO_BROWSER } from '../chromium.ts';
import { findJava } from '../infrastructure/java.ts';
import { missingMaven } from '../infrastructure/kafka-jars.ts';

const ON_STORES = ['contract', 'e2e', 'e2e/1'];

/** @throws Error with one line and its command when a chosen runner cannot do without */
export function checkMachine(runners: readonly string[], cacheDir = join(root, '.seams', 'cache')): void {
  if (!runners.some((name) => ON_STORES.includes(name))) return;
  findJava();
  const noMaven = missingMaven(cacheDir);
  if (noMaven) throw new Error(noMaven);
  if (runners.includes('e2e') && !browserPath)
    console.log(`${NO_BROWSER}; without it the tests of the console are skipped`);
}
