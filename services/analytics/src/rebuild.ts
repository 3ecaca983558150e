/**
 * Counts the projections again from offset 0 and exchanges them: `node dist/rebuild.js [--json]`, while orders go on.
 * POSTGRES_OWNER_URL, and otherwise what analytics itself is given. Exit code 1 on failure, with nothing changed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { openLogReader } from '@seams/messaging';
import { asOwner, openDb } from '@seams/postgres';
import { createLogger, type Logger } from '@seams/telemetry';
import { type RebuildConfig, readRebuildConfig } from './config.ts';
import { countOnce } from './orders/totals-store.ts';
import * as generation from './rebuild/generation-store.ts';
import { type Ports, type Rebuilt, rebuildWith } from './rebuild/rebuild-projections.ts';
import { linesOf } from './rebuild/show.ts';

const NAME = 'analytics-rebuild';
const CONNECTIONS_MAX = 8;
const PROGRESS_EVERY_MS = 2_000;
const REST_MS = 300;

export interface RebuildWorld {
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly say: (line: string) => void;
  /** For tests: what one count waits for. */
  readonly countOnce?: (count: Ports['countOnce']) => Ports['countOnce'];
}

export async function rebuild(config: RebuildConfig, { signal, log, say, ...rest }: RebuildWorld): Promise<Rebuilt> {
  return asOwner({ url: config.POSTGRES_OWNER_URL, password: config.POSTGRES_OWNER_URL_PASSWORD }, async (owner) => {
    // It ends the process when nobody listens; the query that is under way, or the next, says the same.
    owner.on('error', (error) => log.warn({ error: error.message }, 'the connection of the owner broke'));
    if (!(await generation.takeRebuildLock(owner))) throw new Error('another rebuild is at work: wait for its end');

    const db = openDb({
      name: 'analytics',
      url: intoRebuilt(config.POSTGRES_URL),
      password: config.POSTGRES_URL_PASSWORD,
      applicationName: NAME,
      connectionsMax: CONNECTIONS_MAX,
      log,
    });
    const kafka = { brokers: config.KAFKA_BROKERS, clientId: NAME, log };
    const progress = progressTo(say);
    const count = countOnce(db);
    try {
      return await rebuildWith(
        {
          begin: () => generation.beginGeneration(owner),
          countOnce: rest.countOnce ? rest.countOnce(count) : count,
          notCountedLive: generation.notCountedLive(db),
          read: (handle) => openLogReader({ ...kafka, topic: config.ORDERS_TOPIC, signal, handle }),
          difference: () => generation.readDifference(owner),
          exchange: (plan) => generation.exchange(owner, plan),
          drop: () =>
            generation.dropGeneration(owner).catch((error: unknown) => {
              log.warn({ error: String(error) }, 'the unfinished tables stay; the next rebuild drops them');
            }),
          rest: () => sleep(REST_MS, undefined, { signal }),
          progress: progress.begin,
        },
        config.CONSUMER_GROUP,
      )();
    } finally {
      progress.end();
      await db.close();
    }
  });
}

/**
 * The same statements find the other tables. Not waiting for the disk at each event is safe here: until the exchange all
 * of this may be lost, and the exchange's own COMMIT waits for everything that was written before it.
 */
function intoRebuilt(url: string): string {
  const changed = new URL(url);
  changed.searchParams.set('options', `-c search_path=${generation.REBUILT} -c synchronous_commit=off`);
  return changed.href;
}

function progressTo(say: (line: string) => void) {
  let timer: NodeJS.Timeout | undefined;
  return {
    begin: (read: { readonly events: number }, about: number): void => {
      const startedAt = performance.now();
      say(`reading about ${about} events from offset 0; analytics goes on meanwhile`);
      timer = setInterval(() => {
        const seconds = (performance.now() - startedAt) / 1_000;
        say(`${read.events} of about ${about} events, ${Math.round(read.events / seconds)} events/s`);
      }, PROGRESS_EVERY_MS);
    },
    end: (): void => clearInterval(timer),
  };
}

async function main(): Promise<void> {
  const config = readRebuildConfig();
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  const startedAt = performance.now();
  const rebuilt = await rebuild(config, {
    signal: stop.signal,
    log: createLogger({ service: 'analytics', process: NAME, logLevel: config.LOG_LEVEL }),
    say: (line) => process.stderr.write(`  ${line}\n`),
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  const lines = process.argv.includes('--json') ? [JSON.stringify({ ...rebuilt, seconds })] : linesOf(rebuilt, seconds);
  for (const line of lines) process.stdout.write(`${line}\n`);
}

function oneLine(error: unknown): string {
  // An AggregateError (nothing listens on any address of a name) has an empty message of its own.
  const { message, code } = error as { message?: string; code?: string };
  return (message || code || String(error)).replaceAll('\n', '; ');
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`analytics: not rebuilt: ${oneLine(error)}\n`);
    process.exitCode = 1;
  }
}
