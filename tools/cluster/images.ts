/**
 * Every image that the chart names, in one archive and without Docker: ours by tools/images/assemble.ts, as the Dockerfile
 * has them, on the stand-ins of k8s/offline. Layers stay in the cache and are made again when what they hold changes.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { assemble } from '../images/assemble.ts';
import { imageNames } from '../images/contents.ts';
import { build } from '../system/build.ts';
import { type Image, type ImageConfig, keptLayer, type Layer, layerOf, writeArchive } from './archive.ts';
import { lastStageOf } from './dockerfile.ts';
import { jaegerRoot, kafkaRoot, nodeRoot, postgresRoot, type Root, type Sources } from './roots.ts';

export interface ImagePlan extends Sources {
  /** Of ours, for example "0.1.0"; each one is made under every tag. */
  readonly tags: readonly string[];
  /** As the chart's values name them. */
  readonly infrastructure: { readonly kafka: string; readonly postgres: string; readonly jaeger: string };
  readonly jaegerBinary: string;
}

const KEPT_ARCHIVES_MAX = 2;
const SYSTEM_PATH = 'PATH=/usr/local/bin:/usr/lib/postgresql/18/bin:/usr/bin:/bin';

/** The archive's file. */
export async function makeImages(plan: ImagePlan): Promise<string> {
  const folder = path.join(plan.cacheDir, 'images');
  mkdirSync(folder, { recursive: true });
  // What the images hold is what the source says now; nothing is done when nothing has changed.
  plan.onProgress('building the services and the console');
  await build(plan.checkout, (name) => path.join(folder, `${name}.log`));
  const images = [...(await ours(plan, folder)), ...(await stoodOn(plan, folder))];
  const key = createHash('sha256')
    .update(
      JSON.stringify(images.map(({ name, layers, config }) => [name, layers.map(({ sha256 }) => sha256), config])),
    )
    .digest('hex');
  const archive = path.join(folder, `archive-${key.slice(0, 16)}.tar`);
  if (!existsSync(archive)) {
    plan.onProgress(`writing ${images.length} images into one archive`);
    writeArchive(images, archive);
  }
  utimesSync(archive, new Date(), new Date());
  forgetOld(folder);
  return archive;
}

async function ours(plan: ImagePlan, folder: string): Promise<Image[]> {
  const node = await cached(nodeRoot(plan), folder, plan);
  const images: Image[] = [];
  for (const name of imageNames) {
    const root = path.join(folder, `${name}.root`);
    rmSync(root, { recursive: true, force: true });
    assemble(name, path.join(root, 'seams'), { checkout: plan.checkout, link: true });
    const layer = await layerOf(root, path.join(folder, `${name}.tar`));
    rmSync(root, { recursive: true, force: true });
    const config = lastStageOf(path.join(plan.checkout, 'Dockerfile'), name);
    for (const tag of plan.tags) {
      const labels = { ...config.labels, 'org.opencontainers.image.version': tag };
      images.push({ name: full(`seams/${name}:${tag}`), layers: [node, layer], config: { ...config, labels } });
    }
  }
  return images;
}

async function stoodOn(plan: ImagePlan, folder: string): Promise<Image[]> {
  const { kafka, postgres, jaeger } = plan.infrastructure;
  const plain = { command: [], workdir: '/', labels: { 'seams.stand-in': 'k8s/offline' } };
  const all: [string, Root, ImageConfig][] = [
    [kafka, kafkaRoot(plan), { ...plain, env: [SYSTEM_PATH], entrypoint: [], user: '1000' }],
    [postgres, postgresRoot(plan), { ...plain, env: [SYSTEM_PATH], entrypoint: ['docker-entrypoint.sh'], user: '999' }],
    [
      jaeger,
      jaegerRoot(plan.jaegerBinary, plan),
      { ...plain, env: [], entrypoint: ['/cmd/jaeger/jaeger'], user: '10001' },
    ],
  ];
  const images: Image[] = [];
  for (const [name, root, config] of all)
    images.push({ name: full(name), layers: [await cached(root, folder, plan)], config });
  return images;
}

/** Under another name until it is whole: a run that was cut off makes it again. */
async function cached(root: Root, folder: string, plan: ImagePlan): Promise<Layer> {
  const file = path.join(folder, `${root.key}.tar`);
  const kept = keptLayer(file);
  if (kept) return kept;
  plan.onProgress(`making ${root.key}, once`);
  const scratch = `${file}.root`;
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  await root.make(scratch);
  const layer = await layerOf(scratch, file);
  rmSync(scratch, { recursive: true, force: true });
  return layer;
}

/** As containerd completes a short name. */
export function full(name: string): string {
  const [first = '', ...rest] = name.split('/');
  if (rest.length === 0) return `docker.io/library/${name}`;
  return /[.:]|^localhost$/.test(first) ? name : `docker.io/${name}`;
}

function forgetOld(folder: string): void {
  const archives = readdirSync(folder)
    .filter((file) => /^archive-.*\.tar$/.test(file))
    .map((file) => ({ file, at: statSync(path.join(folder, file)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  for (const { file } of archives.slice(KEPT_ARCHIVES_MAX)) rmSync(path.join(folder, file));
}
