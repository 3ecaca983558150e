/** One Kafka broker in KRaft mode on the machine's Java: formatted once, started, asked until it answers. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, exitText, lastLine, type Running, runToEnd, spawnChild, stopChild, within } from './child.ts';
import { childEnvironment } from './inherited-environment.ts';
import { findJava, type Java, PLAIN_JVM } from './java.ts';
import { ensureJars, jarFolder } from './kafka-jars.ts';

export interface KafkaOptions {
  readonly dataDir: string;
  readonly cacheDir: string;
  readonly host: string;
  readonly port: number;
  readonly controllerPort: number;
  readonly logFile: string;
  readonly onProgress?: (line: string) => void;
}

const FORMAT_MS_MAX = 60_000;
const START_MS_MAX = 90_000;
const ANSWER_MS_MAX = 1_000;
const POLL_MS = 50;
// The first orderly stop also writes the archive of classes, 2.4 s on two idle cores.
const STOP_MS_MAX = 20_000;
/** A link in the data folder to the folder of jars: the archive of classes is bound to the class path as it is spelled. */
const JARS = 'jars';
const YEAR_MINUTES = 365 * 24 * 60;

/**
 * A single node, so every internal topic has one replica. Flushing is Kafka's default: what is acknowledged is in the
 * page cache and survives kill -9 of the broker; on one machine a power cut is a risk that replicas take away, not fsync.
 */
function propertiesOf({ host, port, controllerPort }: KafkaOptions, logDirs: string): string {
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${host}:${controllerPort}`,
    listeners: `BROKER://${host}:${port},CONTROLLER://${host}:${controllerPort}`,
    'advertised.listeners': `BROKER://${host}:${port}`,
    'listener.security.protocol.map': 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'BROKER',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': logDirs,
    'auto.create.topics.enable': false,
    'offsets.topic.num.partitions': 4,
    'offsets.topic.replication.factor': 1,
    // A laptop that was off for a week must not forget what analytics has read (Kafka's default is 7 days).
    'offsets.retention.minutes': YEAR_MINUTES,
    'transaction.state.log.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // A new consumer group starts at once; the default waits 3 s for more members.
    'group.initial.rebalance.delay.ms': 0,
    // Back 4.5 s after kill -9 instead of 12.5 s: the broker waits for its own old session to end.
    'broker.session.timeout.ms': 2_000,
    'broker.heartbeat.interval.ms': 500,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,
  };
  return `${Object.entries(properties)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`;
}

const LOGGING = `status=warn
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %p %c{1} %m%n
rootLogger.level=info
rootLogger.appenderRef.out.ref=out
logger.config.name=org.apache.kafka.common.config
logger.config.level=warn
`;

export async function startKafka(options: KafkaOptions): Promise<Running> {
  const java = findJava();
  const { cacheDir, dataDir, logFile, onProgress = () => {} } = options;
  await ensureJars({ cacheDir, logFile: path.join(path.dirname(logFile), 'maven.log'), onProgress });
  await format(options, java);

  writeFileSync(path.join(dataDir, 'server.properties'), propertiesOf(options, 'log'));
  const archive = classArchive(cacheDir, java);
  const broker = [...archive.flags, '-cp', `${JARS}/*`, 'kafka.Kafka', 'server.properties'];
  const child = await spawnChild({ name: 'kafka', ...jvm(options, java, broker), logFile });
  const stop = async (): Promise<void> => {
    await stopChild(child, [{ signal: 'SIGTERM', waitMs: STOP_MS_MAX }]);
    archive.keep();
  };
  try {
    await answering(child, options);
  } catch (error) {
    await stopChild(child, [{ signal: 'SIGTERM', waitMs: 2_000 }]);
    throw error;
  }
  return { pid: child.pid, exited: child.exited, stop };
}

/** Under another name until it is whole, so a format that was cut off is simply done again. */
async function format(options: KafkaOptions, java: Java): Promise<void> {
  const { dataDir, cacheDir, logFile, onProgress = () => {} } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(path.join(dataDir, 'log4j2.properties'), LOGGING);
  const jars = path.join(dataDir, JARS);
  rmSync(jars, { force: true });
  symlinkSync(path.resolve(jarFolder(cacheDir)), jars);
  const log = path.join(dataDir, 'log');
  if (existsSync(path.join(log, 'meta.properties'))) return;

  onProgress('formatting the log folder');
  const unfinished = `${log}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  writeFileSync(path.join(dataDir, 'format.properties'), propertiesOf(options, path.basename(unfinished)));
  const clusterId = randomBytes(16).toString('base64url');
  // In one word: one id in 64 begins with "-", and would be read as the next option.
  const tool = ['kafka.tools.StorageTool', 'format', `--cluster-id=${clusterId}`, '--config', 'format.properties'];
  await runToEnd(
    { name: 'kafka format', ...jvm(options, java, ['-cp', `${JARS}/*`, ...tool]), logFile },
    FORMAT_MS_MAX,
  );
  renameSync(unfinished, log);
}

/**
 * Works in its data folder and names everything from there. Kafka reads .properties as ISO-8859-1 with escapes, log.dirs as a
 * list with commas, -cp as a list with colons: the user's path may hold any of them.
 */
const jvm = (
  { dataDir }: KafkaOptions,
  java: Java,
  args: readonly string[],
): { command: string; args: string[]; cwd: string; env: Record<string, string> } => ({
  command: java.command,
  cwd: dataDir,
  env: childEnvironment(),
  args: [
    ...PLAIN_JVM,
    '-Xmx256m',
    // The optimising compiler costs more CPU in the first minutes than it gives back at this load.
    '-XX:TieredStopAtLevel=1',
    '-Dlog4j2.configurationFile=log4j2.properties',
    ...args,
  ],
});

/**
 * The JVM can keep its loaded classes in an archive: start 0.9 s instead of 1.6 s. It is written by the first orderly
 * stop and gets its name when that is done. A stop that is not orderly leaves none, and the next start tries again.
 */
function classArchive(cacheDir: string, java: Java): { flags: string[]; keep(): void } {
  const file = `classes-${java.version}.jsa`;
  const whole = path.join(jarFolder(cacheDir), file);
  if (existsSync(whole)) return { flags: [`-XX:SharedArchiveFile=${JARS}/${file}`, '-Xlog:cds=off'], keep: () => {} };

  const unfinished = `${file}.unfinished-${process.pid}`;
  rmSync(path.join(jarFolder(cacheDir), unfinished), { force: true });
  const keep = (): void => {
    const written = path.join(jarFolder(cacheDir), unfinished);
    if (existsSync(written)) renameSync(written, whole);
  };
  return { flags: [`-XX:ArchiveClassesAtExit=${JARS}/${unfinished}`, '-Xlog:cds=off', '-Xlog:cds+dynamic=off'], keep };
}

async function answering(child: Child, { host, port, logFile }: KafkaOptions): Promise<void> {
  const giveUpAt = performance.now() + START_MS_MAX;
  let ended: string | undefined;
  void child.exited.then((exit) => {
    ended = exitText(exit);
  });
  while (!(await answers(host, port))) {
    if (ended) throw new Error(`Kafka ${ended}: ${lastLine(logFile)} (log: ${logFile})`);
    if (performance.now() > giveUpAt)
      throw new Error(`Kafka does not answer after ${START_MS_MAX / 1_000} s (log: ${logFile})`);
    await sleep(POLL_MS);
  }
}

/**
 * Sends the smallest Kafka request (ApiVersions, version 0) by hand: the port is open long before the broker
 * answers, and a Kafka client would cost the runner 17 MB for one question.
 */
async function answers(host: string, port: number): Promise<boolean> {
  const request = Buffer.alloc(4 + 2 + 2 + 4 + 2);
  request.writeInt32BE(request.length - 4, 0); // size
  request.writeInt16BE(18, 4); // ApiVersions
  request.writeInt16BE(0, 6); // version
  request.writeInt32BE(1, 8); // correlation id
  request.writeInt16BE(-1, 12); // no client id
  const socket = connect({ host, port });
  const answered = new Promise<boolean>((resolve) => {
    socket.once('connect', () => socket.write(request));
    socket.once('data', (bytes) => resolve(bytes.length >= 8 && bytes.readInt32BE(4) === 1));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
  const answer = await within(answered, ANSWER_MS_MAX);
  socket.destroy();
  return answer ?? false;
}
