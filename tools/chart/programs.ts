/**
 * The programs that look at the chart, where they are found. None is a package of npm, so a machine may lack them; what
 * needs one says so and is skipped, and never passes in silence.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onPath } from '../infrastructure/java.ts';

const CHECKOUT = path.resolve(import.meta.dirname, '../..');
const BIN = path.join(process.env.SEAMS_CACHE ?? path.join(CHECKOUT, '.seams/cache'), 'bin');
const KIT = process.env.SEAMS_KIT ?? path.resolve(CHECKOUT, '../shared/cluster-kit');

/** Go modules that are programs. Their versions are written here once. */
export const GO_PROGRAMS = {
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0',
  'kube-score': 'github.com/zegl/kube-score/cmd/kube-score@v1.20.0',
} as const;

const INSTALL_MS_MAX = 300_000;
const BYTES_MAX = 256 * 1024 * 1024;

/** On the PATH, or from the cluster kit beside the checkout, unpacked once. */
export function findHelm(): string | undefined {
  const found = onPath('helm');
  if (found !== undefined) return found;
  const unpacked = path.join(BIN, 'helm');
  if (existsSync(unpacked)) return unpacked;
  const packed = path.join(KIT, 'bin/helm.xz');
  if (!existsSync(packed) || onPath('xz') === undefined) return undefined;
  mkdirSync(BIN, { recursive: true });
  // Under another name until it is whole: two checks may begin at once.
  const unfinished = `${unpacked}.${process.pid}`;
  writeFileSync(unfinished, execFileSync('xz', ['-dc', packed], { maxBuffer: BYTES_MAX }));
  chmodSync(unfinished, 0o755);
  renameSync(unfinished, unpacked);
  return unpacked;
}

/** On the PATH, or in our cache. */
export const findGoProgram = (name: keyof typeof GO_PROGRAMS): string | undefined =>
  onPath(name) ?? [path.join(BIN, name)].find((file) => existsSync(file));

/**
 * In CI it is installed with Go where it is missing, half a minute the first time.
 *
 * @throws Error when that cannot be done: no network, no such version
 */
export function goProgram(name: keyof typeof GO_PROGRAMS): string | undefined {
  const found = findGoProgram(name);
  if (found !== undefined || !process.env.CI || onPath('go') === undefined) return found;
  execFileSync('go', ['install', GO_PROGRAMS[name]], {
    env: { ...process.env, GOBIN: BIN, GOFLAGS: '-mod=mod' },
    timeout: INSTALL_MS_MAX,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return findGoProgram(name);
}

export const HOW_TO_HELM = 'no helm on the PATH and no cluster kit beside the checkout (SEAMS_KIT names one)';
export const howToGoProgram = (name: keyof typeof GO_PROGRAMS): string => `go install ${GO_PROGRAMS[name]}`;
