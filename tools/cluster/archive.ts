/** Image archives from folders, without Docker: what `docker load` and `ctr images import` read. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A folder of files as a tar that is the same for the same files: sorted, owned by root, of one time. */
export interface Layer {
  readonly file: string;
  readonly sha256: string;
}

export interface ImageConfig {
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly user: string;
  readonly workdir: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Image {
  /** With its tag, and with the registry that containerd would otherwise add. */
  readonly name: string;
  readonly layers: readonly Layer[];
  readonly config: ImageConfig;
}

const EPOCH = '1970-01-01T00:00:00Z';
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

export async function layerOf(folder: string, file: string): Promise<Layer> {
  const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
  rmSync(`${file}.sha256`, { force: true });
  execFileSync('tar', [...same, '-cf', `${file}.new`, '-C', folder, '.']);
  renameSync(`${file}.new`, file);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const sha256 = hash.digest('hex');
  writeFileSync(`${file}.sha256`, sha256);
  return { file, sha256 };
}

/** One that layerOf wrote; undefined when it is not there or not whole. */
export function keptLayer(file: string): Layer | undefined {
  const kept = `${file}.sha256`;
  return existsSync(file) && existsSync(kept) ? { file, sha256: readFileSync(kept, 'utf8') } : undefined;
}

/** All images in one archive: a layer that several of them share is in it once. */
export function writeArchive(images: readonly Image[], file: string): void {
  const folder = `${file}.parts`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const manifest = images.map((image) => {
    const text = JSON.stringify(configOf(image));
    const config = `${createHash('sha256').update(text).digest('hex')}.json`;
    writeFileSync(path.join(folder, config), text);
    for (const { file: layer, sha256 } of image.layers) {
      const part = path.join(folder, `${sha256}.tar`);
      if (!existsSync(part)) linkSync(layer, part);
    }
    return { Config: config, RepoTags: [image.name], Layers: image.layers.map(({ sha256 }) => `${sha256}.tar`) };
  });
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
  execFileSync('tar', ['-cf', `${file}.new`, '-C', folder, '.']);
  renameSync(`${file}.new`, file);
  rmSync(folder, { recursive: true, force: true });
}

const configOf = ({ layers, config }: Image) => ({
  architecture: ARCHITECTURES[process.arch] ?? process.arch,
  os: 'linux',
  created: EPOCH,
  config: {
    Env: config.env,
    Entrypoint: config.entrypoint,
    Cmd: config.command,
    User: config.user,
    WorkingDir: config.workdir,
    Labels: config.labels,
  },
  rootfs: { type: 'layers', diff_ids: layers.map(({ sha256 }) => `sha256:${sha256}`) },
  history: layers.map(() => ({ created: EPOCH, created_by: 'seams' })),
});
