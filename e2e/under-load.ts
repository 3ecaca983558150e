/** A light load while something is done to the system, and what its clients saw. */
import path from 'node:path';
import { eventually } from '@seams/testkit';
import { runLoad } from '../load/load.ts';
import type { LoadResult } from '../load/result.ts';
import { auditedSystem } from '../tools/system/audited.ts';
import { runningSystem } from '../tools/system/running.ts';
import type { System } from './system.ts';

export interface Seen {
  readonly result: LoadResult;
  /** First attempts that were not answered for good: not done, or unknown. */
  readonly failed: number;
  /** Orders that a client who repeats once is left without an answer for. */
  readonly failedTwice: number;
  /** Of each failed attempt: seconds since the load's begin, and what it was. */
  readonly failures: readonly string[];
}

export interface Load {
  /** Resolves when an order that was sent this much later has its answer. */
  goesOnFor(ms: number): Promise<void>;
}

const RATE = 20;
/** What an answer may take, with the pause before the next order. */
const ANSWER_MS_MAX = 20_000;
const STARTED = 20;
/** The customers and their money come first. */
const START_MS_MAX = 60_000;

export interface Plan {
  readonly name: string;
  /** The load ends when the work is over; this is how long it could go on. */
  readonly secondsMax: number;
}

export async function underLoad(
  system: System,
  { name, secondsMax }: Plan,
  work: (load: Load) => Promise<void>,
): Promise<Seen> {
  const ended = new AbortController();
  const begunAt = Date.now();
  let answered = 0;
  let latestSentAt = 0;
  const failures: string[] = [];
  const load = runLoad(auditedSystem(await runningSystem(system.dataDir)), {
    seed: 7,
    rate: RATE,
    seconds: secondsMax,
    journalFile: path.join(system.dataDir, 'loads', `${name}.jsonl`),
    replaysMax: 0,
    audit: false,
    signal: ended.signal,
    answered: ({ sentAt, outcome }) => {
      answered += 1;
      latestSentAt = Math.max(latestSentAt, sentAt);
      const seconds = (at: number): string => ((at - begunAt) / 1_000).toFixed(1);
      if (outcome !== 'ok' && outcome !== 'refused')
        failures.push(`${outcome}, sent at ${seconds(sentAt)} s, ended at ${seconds(Date.now())} s`);
    },
  });
  const over = new Promise<never>((_, reject) => load.catch(reject));
  const goesOnFor = async (ms: number): Promise<void> => {
    const until = Date.now() + ms;
    await eventually(() => atLeast(until, latestSentAt), ms + ANSWER_MS_MAX);
  };
  const started = eventually(() => atLeast(STARTED, answered), START_MS_MAX);
  await Promise.race([started.then(() => work({ goesOnFor })), over]).finally(() => ended.abort());
  const result = await load;
  const { first, second } = result.orders;
  const failed = first.notDone + first.unknown;
  return { result, failed, failedTwice: second.notDone + second.unknown, failures };
}

function atLeast(wanted: number, reached: number): void {
  if (reached < wanted) throw new Error(`the load has not come so far: ${reached} of ${wanted}`);
}
