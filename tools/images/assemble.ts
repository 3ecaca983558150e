/**
 * `node tools/images/assemble.ts IMAGE FOLDER`: puts into an empty folder what the image holds below /seams. The
 * Dockerfile and k8s/offline both call it, so that an image is the same with and without Docker. Run `tsc -b` before.
 */
import {
  copyFileSync,
  existsSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { contentsOf } from './contents.ts';
import { packagesWith } from './packages.ts';
import { sbomOf } from './sbom.ts';
import { trace } from './trace.ts';

const CHECKOUT = path.resolve(import.meta.dirname, '../..');
/** Nobody runs types, maps, sources of what is compiled, or manuals. */
const NOT_RUN = /(\.d\.[cm]?ts|\.map|\.md|\.markdown|\.tsbuildinfo|\.[cm]?ts)$/i;

export interface Assembled {
  readonly files: number;
  readonly packages: number;
}

/** `link`: hard links where they are possible, for who makes a tar of it at once: a fifth of the time, and no new dates. */
export function assemble(image: string, target: string, { checkout = CHECKOUT, link = false } = {}): Assembled {
  const { entries, data } = contentsOf(image, checkout);
  const { files, packages: imports } = trace(entries, checkout);
  const packages = packagesWith(imports, checkout);
  mkdirSync(target, { recursive: true });
  if (readdirSync(target).length > 0) throw new Error(`${target} is not empty`);

  const put = link ? linkOrCopy : copy;
  for (const file of [...files, ...data]) put(path.join(checkout, file), path.join(target, file));
  for (const { folder } of packages) putPackage(path.join(checkout, folder), path.join(target, folder), put);
  linkOurs(files, target);
  writeFileSync(path.join(target, 'package.json'), '{ "name": "seams", "private": true, "type": "module" }\n');
  // The same name in each image, so that one Dockerfile's CMD fits all.
  for (const entry of entries) {
    const short = path.basename(entry).replace(/\.ts$/, '.js');
    if (!existsSync(path.join(target, short))) writeFileSync(path.join(target, short), `import './${entry}';\n`);
  }
  writeFileSync(path.join(target, 'sbom.json'), sbomOf(image, packages, checkout));
  if (!link) setTimes(target, new Date(Number(process.env.SOURCE_DATE_EPOCH ?? 0) * 1_000));
  return { files: files.length + data.length, packages: packages.length };
}

type Put = (from: string, to: string) => void;

const copy: Put = (from, to) => {
  mkdirSync(path.dirname(to), { recursive: true });
  copyFileSync(from, to);
};

const linkOrCopy: Put = (from, to) => {
  mkdirSync(path.dirname(to), { recursive: true });
  try {
    linkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    copyFileSync(from, to);
  }
};

/** Without the packages inside of it: those that are needed are asked for by name. */
function putPackage(from: string, to: string, put: Put): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory() && entry.name !== 'node_modules') putPackage(source, target, put);
    else if (entry.isFile() && !NOT_RUN.test(entry.name)) put(source, target);
  }
}

/** node_modules/@seams/x → libs/x, as npm's workspaces have it. */
function linkOurs(files: readonly string[], target: string): void {
  const folder = path.join(target, 'node_modules/@seams');
  for (const [, name] of files.flatMap((file) => [file.match(/^libs\/([^/]+)\/package\.json$/) ?? []])) {
    if (name === undefined) continue;
    mkdirSync(folder, { recursive: true });
    symlinkSync(`../../libs/${name}`, path.join(folder, name));
  }
}

/** SOURCE_DATE_EPOCH: the time of every file, for an image of the same bytes. */
function setTimes(folder: string, time: Date): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const each = path.join(folder, entry.name);
    if (entry.isDirectory()) setTimes(each, time);
    else lutimesSync(each, time, time);
  }
  lutimesSync(folder, time, time);
}

if (import.meta.main) {
  const [image, target] = process.argv.slice(2);
  try {
    if (!image || !target)
      throw new Error('say which image and where to: node tools/images/assemble.ts gateway FOLDER');
    const { files, packages } = assemble(image, target);
    console.log(`${image}: ${files} files of ours, ${packages} packages in ${target}`);
  } catch (error) {
    console.error(`images: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
