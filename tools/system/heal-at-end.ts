/** A program that breaks processes leaves them whole, however it ends; and what naive requests broke in the stores is corrected. */
import { breakNoMore } from './faults.ts';
import { makeWhole } from './make-whole.ts';
import { restoreAtEnd } from './program.ts';
import { reconcile } from './reconcile.ts';
import { runningSystem } from './running.ts';

/**
 * Says on standard error what was healed and corrected; standard output may have no reader any more.
 * @param lab whose run is the reason of the corrections
 */
export async function heal(dataDir: string, lab?: string): Promise<void> {
  breakNoMore();
  for (const line of await makeWhole({ dataDir })) console.error(`healed  ${line}`);
  for (const line of await reconcile(await runningSystem(dataDir), lab)) console.error(`corrected  ${line}`);
}

export interface AtEnd {
  readonly lab?: string;
  before?(): void;
}

/** @returns what calls it off, once nothing is broken any more */
export function healAtEnd(dataDir: string, { lab, before }: AtEnd): () => void {
  return restoreAtEnd(async (why) => {
    before?.();
    console.error(`${why}: healing what is broken`);
    await heal(dataDir, lab);
  });
}
