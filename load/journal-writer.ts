/** Writes the client's journal (audit/journal.ts has the format): whole lines, so that it is valid at each moment. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { JournalLine } from '../audit/journal.ts';

export class JournalWriter {
  readonly #file: number;

  /** @throws Error when the file is there: one journal is one load */
  constructor(file: string) {
    mkdirSync(path.dirname(file), { recursive: true });
    try {
      this.#file = openSync(file, 'ax', 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new Error(`the journal ${file} is there already: name another with --journal FILE`, { cause: error });
    }
  }

  /** In the file when it returns: what is killed afterwards was told. */
  write(line: JournalLine): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}
