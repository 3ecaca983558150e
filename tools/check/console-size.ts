/** What the console costs whoever opens it: all of it, every page, as the gateway sends it. */
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { execute, type Outcome, root } from './run.ts';

/** All pages are one file, so this is the first load too. Most of it is React. */
const GZIP_BYTES_MAX = 200_000;

export async function consoleSize(): Promise<Outcome> {
  const built = await execute([process.execPath, 'console/build.ts']);
  if (!built.ok) return built;
  const dist = join(root, 'console/dist');
  const files = globSync('**/*.gz', { cwd: dist });
  const bytes = files.reduce((sum, file) => sum + statSync(join(dist, file)).size, 0);
  const inline = inlineIn(readFileSync(join(dist, 'index.html'), 'utf8'));
  const note = `${(bytes / 1_000).toFixed(1)} kB gzip in ${files.length} files`;
  if (inline) return { ok: false, output: `index.html holds ${inline}: the Content-Security-Policy refuses it`, note };
  if (bytes <= GZIP_BYTES_MAX) return { ok: true, output: '', note };
  return { ok: false, output: `${note} are more than the ${GZIP_BYTES_MAX / 1_000} kB that a first load may be`, note };
}

const inlineIn = (page: string): string | undefined =>
  /<style|<script(?![^>]*\ssrc=)[^>]*>|\son\w+=|\sstyle=/.exec(page)?.[0];
