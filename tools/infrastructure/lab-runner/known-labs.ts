/**
 * What labs there are, asked of a process that ends at once: reading them all takes everything that they stand on, some
 * 60 MB that this one would keep. Asked again only when a file of labs/ has changed, so a new one is there at once.
 */
import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Catalogue } from '../../labs/catalogue.ts';

const folder = path.resolve(import.meta.dirname, '../../../labs');
const LIST = path.resolve(import.meta.dirname, '../../lab.ts');
const LIST_MS_MAX = 20_000;

let known: { readonly version: string; readonly catalogue: Promise<Catalogue> } | undefined;

export function knownLabs(): Promise<Catalogue> {
  const version = readdirSync(folder)
    .map((file) => `${file} ${statSync(path.join(folder, file)).mtimeMs}`)
    .join();
  if (known?.version === version) return known.catalogue;
  const catalogue = read();
  known = { version, catalogue };
  catalogue.catch(() => {
    known = undefined; // whoever asks next tries again
  });
  return catalogue;
}

async function read(): Promise<Catalogue> {
  const { stdout } = await promisify(execFile)(process.execPath, [LIST, '--json'], { timeout: LIST_MS_MAX });
  return JSON.parse(stdout) as Catalogue;
}
