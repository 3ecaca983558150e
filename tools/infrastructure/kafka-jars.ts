/**
 * The broker's jars, copied by Maven from tools/kafka/pom.xml into a cache folder, once.
 * The folder gets its name when it is whole, so a download that was cut off is simply done again.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Exit, exitText, logTail, spawnChild, stopChild, within } from './child.ts';
import { ownEnvironment, PLAIN_LOCALE } from './inherited-environment.ts';
import { onPath } from './java.ts';

const pomFile = fileURLToPath(new URL('../kafka/pom.xml', import.meta.url));

// 44 MB: 5 s on a good line. Maven gives up on one silent transfer after 30 s; this bounds the whole.
const DOWNLOAD_MS_MAX = 15 * 60_000;
const PROGRESS_EVERY_MS = 2_000;

/** Pinned: Maven's own choice of a plugin version depends on the Maven. */
const MAVEN_GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

export interface JarOptions {
  /** The folder that will hold `kafka-<version>/`. */
  readonly cacheDir: string;
  readonly logFile: string;
  readonly onProgress?: (line: string) => void;
}

export const kafkaVersion = (): string => {
  const version = /kafka_2\.13<\/artifactId>\s*<version>([^<]+)</.exec(readFileSync(pomFile, 'utf8'))?.[1];
  if (!version) throw new Error(`${pomFile} names no version of kafka_2.13`);
  return version;
};

export const jarFolder = (cacheDir: string): string => path.join(cacheDir, `kafka-${kafkaVersion()}`);

/** True when the folder is whole and was made from the pom.xml as it is now. */
export function haveJars(cacheDir: string): boolean {
  const copied = path.join(jarFolder(cacheDir), 'pom.xml');
  return existsSync(copied) && readFileSync(copied, 'utf8') === readFileSync(pomFile, 'utf8');
}

/** One sentence when Maven will be needed and is not there. */
export function missingMaven(cacheDir: string): string | undefined {
  if (haveJars(cacheDir) || onPath('mvn')) return undefined;
  return 'the Kafka jars are fetched by Maven, once, and there is no mvn on the PATH: install Maven (Debian: apt-get install maven)';
}

export async function ensureJars(options: JarOptions): Promise<void> {
  if (haveJars(options.cacheDir)) return;
  const missing = missingMaven(options.cacheDir);
  if (missing) throw new Error(missing);

  const unfinished = `${jarFolder(options.cacheDir)}.unfinished-${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    await download(unfinished, options);
    const folder = jarFolder(options.cacheDir);
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function download(folder: string, { logFile, onProgress = () => {} }: JarOptions): Promise<void> {
  rmSync(logFile, { force: true });
  // Maven wants to write beside a pom.xml; the copy also tells later what the jars were made from.
  copyFileSync(pomFile, path.join(folder, 'pom.xml'));
  onProgress('downloading the broker from Maven Central (44 MB, once)');
  const maven = await spawnChild({
    name: 'maven',
    command: 'mvn',
    args: [
      '--batch-mode',
      '--strict-checksums',
      '--file',
      'pom.xml',
      MAVEN_GOAL,
      '-DincludeScope=runtime',
      '-DoutputDirectory=.',
      '-Daether.connector.connectTimeout=10000',
      '-Daether.connector.requestTimeout=30000',
    ],
    cwd: folder,
    // The user's own Maven settings (JAVA_HOME, MAVEN_OPTS, a proxy) hold for a download.
    env: { ...ownEnvironment(process.env), ...PLAIN_LOCALE },
    logFile,
  });
  const progress = setInterval(() => {
    const jars = readdirSync(folder).filter((name) => name.endsWith('.jar')).length;
    const last = logTail(logFile).findLast((line) => line.includes('Downloaded from'));
    const what = /([^/]+\.(?:jar|pom)) /.exec(last ?? '')?.[1];
    onProgress(jars > 0 ? `${jars} jars copied` : `downloading${what ? `, last came ${what}` : ''}`);
  }, PROGRESS_EVERY_MS);
  const exit = await within(maven.exited, DOWNLOAD_MS_MAX).finally(() => clearInterval(progress));
  if (exit === undefined) await stopChild(maven, [{ signal: 'SIGTERM', waitMs: 2_000 }]);
  if (exit?.code !== 0) throw new Error(explain(exit, logFile));
}

/** Maven's first error line names the cause; the later ones repeat it and advise on Maven. */
function explain(exit: Exit | undefined, logFile: string): string {
  const ended = exit === undefined ? `was stopped after ${DOWNLOAD_MS_MAX / 60_000} minutes` : exitText(exit);
  const lines = logTail(logFile);
  const line = lines.find((each) => each.startsWith('[ERROR]')) ?? lines.at(-1) ?? 'it said nothing';
  // Maven wraps one failure in another, on one line; the innermost is the cause.
  const innermost = line.slice(Math.max(line.lastIndexOf('Could not '), 0));
  const cause = innermost.replace(/^\[ERROR\] | -> \[Help.*$/g, '').slice(0, 300);
  return (
    `the download of the Kafka jars broke, Maven ${ended}: ${cause} ` +
    '-> check the network, or the mirror and proxy in ~/.m2/settings.xml, and start again; what came is kept'
  );
}
