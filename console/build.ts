/**
 * Builds the console into dist/, when anything has changed since the last time (0.1 s when not, 1 s when so). Each file
 * lies beside its gzip: the gateway serves that as it is, and the check measures it.
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const here = import.meta.dirname;
const dist = path.join(here, 'dist');
const marker = path.join(dist, '.built');

/** Of every source, and of the packages that go into it. */
function fingerprint(): string {
  const sources = ['index.html', 'build.ts', ...globSync('src/**/*.{ts,tsx,css,svg}', { cwd: here }).sort()];
  const hash = createHash('sha256');
  for (const file of [...sources, '../package-lock.json']) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(path.join(here, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

async function build(): Promise<void> {
  // Started by a test it is "test", and then Vite takes React's development build: 153 kB instead of 88.
  process.env.NODE_ENV = 'production';
  const { build: bundle } = await import('vite');
  await bundle({
    root: here,
    configFile: false,
    logLevel: 'warn',
    build: {
      outDir: dist,
      emptyOutDir: true,
      target: 'es2022',
      // The Content-Security-Policy allows nothing inline, so nothing is put in place.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
  for (const file of globSync('**/*.{html,js,css,svg}', { cwd: dist })) {
    writeFileSync(path.join(dist, `${file}.gz`), gzipSync(readFileSync(path.join(dist, file)), { level: 9 }));
  }
}

const wanted = fingerprint();
if (!existsSync(marker) || readFileSync(marker, 'utf8') !== wanted) {
  await build();
  writeFileSync(marker, wanted);
}
