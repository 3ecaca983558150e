/** Finds a Java for the broker: JAVA_HOME first, then the PATH, as Kafka's own scripts do. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { childEnvironment } from './inherited-environment.ts';

export interface Java {
  readonly command: string;
  /** For example "17.0.15": the archive of preloaded classes fits one version only. */
  readonly version: string;
}

// Kafka 4's broker is built for 17.
const JAVA_MAJOR_MIN = 17;
const HOW_TO_GET = 'install a JDK or JRE ≥ 17 (Debian: apt-get install openjdk-17-jre-headless) or set JAVA_HOME';

let found: Java | undefined;

/** Asked once: a JVM takes 0.1 s to say its version. */
export const findJava = (): Java => (found ??= askJava());

function askJava(): Java {
  const home = process.env.JAVA_HOME;
  const command = home ? path.join(home, 'bin', 'java') : 'java';
  // Other lines may come on stderr too, so the version is searched for, not split off.
  const asked = spawnSync(command, ['-version'], {
    encoding: 'utf8',
    timeout: 20_000,
    env: childEnvironment(),
  });
  if (asked.error || asked.status !== 0) {
    const where = home ? `JAVA_HOME is ${home}, but ${command} does not run` : 'there is no java on the PATH';
    throw new Error(`Kafka needs Java ≥ ${JAVA_MAJOR_MIN} and ${where}: ${HOW_TO_GET}`);
  }
  const version = /version "([^"]+)"/.exec(asked.stderr)?.[1] ?? 'unknown';
  // "17.0.15" is 17, "25" is 25, "1.8.0_402" is 8.
  const major = Number(/^(?:1\.)?(\d+)/.exec(version)?.[1] ?? 0);
  if (major < JAVA_MAJOR_MIN)
    throw new Error(`Kafka needs Java ≥ ${JAVA_MAJOR_MIN}, ${command} is ${version}: ${HOW_TO_GET}`);
  return { command, version };
}

/**
 * What a JVM would take from the machine's locale and time zone: a Turkish one writes INFO as ınfo, an Arabic one numbers Kafka's
 * files in other digits. By flags, because a machine may have no locale C.UTF-8.
 */
export const PLAIN_JVM = ['-Duser.language=en', '-Duser.country=US', '-Duser.timezone=UTC', '-Dfile.encoding=UTF-8'];

export const onPath = (program: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, program))
    .find((file) => existsSync(file));
