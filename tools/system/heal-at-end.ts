/** A program that breaks processes leaves them whole, however it ends. */
import { breakNoMore } from './faults.ts';
import { makeWhole } from './make-whole.ts';
import { restoreAtEnd } from './program.ts';

/** Says on standard error what was healed; standard output may have no reader any more. */
export async function heal(dataDir: string): Promise<void> {
  breakNoMore();
  for (const line of await makeWhole({ dataDir })) console.error(`healed  ${line}`);
}

/** @returns what calls it off, once nothing is broken any more */
export function healAtEnd(dataDir: string, before: () => void = () => {}): () => void {
  return restoreAtEnd(async (why) => {
    before();
    console.error(`${why}: healing what is broken`);
    await heal(dataDir);
  });
}
