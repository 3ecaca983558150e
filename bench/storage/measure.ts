/** Ways to commit an order, each measured in every setting, turn and turn about. */
import { loadavg } from 'node:os';
import { type Run, runOf } from './figures.ts';
import type { Commit, Counters, StorageTrial } from './trial.ts';

export interface MeasureOptions {
  readonly ways: Readonly<Record<string, Commit>>;
  readonly callers: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  say(line: string): void;
}

const COUNTERS: readonly Counters[] = ['spread', 'hot'];
const WARM_UP_SECONDS = 1;

/** A B A B: what the machine does meanwhile hits all alike. Every other round goes backwards, so none is always second. */
export async function measure(trial: StorageTrial, options: MeasureOptions): Promise<Run[]> {
  const { ways, callers, rounds, seconds, say } = options;
  const settings = callers.flatMap((count) =>
    COUNTERS.flatMap((counters) => Object.keys(ways).map((way) => ({ way, callers: count, counters }))),
  );
  for (const [way, commit] of Object.entries(ways)) {
    say(`warming up: ${way}`);
    await closedLoop(trial, { commit, callers: Math.max(...callers), counters: 'spread', seconds: WARM_UP_SECONDS });
  }
  const runs: Run[] = [];
  for (let round = 1; round <= rounds; round++) {
    say(`round ${round} of ${rounds}: ${settings.length} × ${seconds} s, load average ${loadavg()[0]?.toFixed(1)}`);
    for (const setting of round % 2 ? settings : settings.toReversed()) {
      const commit = ways[setting.way] as Commit;
      runs.push(runOf(setting, await closedLoop(trial, { ...setting, commit, seconds })));
    }
  }
  return runs;
}

/** What one run came to. */
export interface Told {
  readonly seconds: number;
  readonly ms: readonly number[];
  readonly failures: Readonly<Record<string, number>>;
  readonly nodeCpuMs: number;
  readonly postgresCpuMs: number | undefined;
}

interface Loop {
  readonly commit: Commit;
  readonly callers: number;
  readonly counters: Counters;
  readonly seconds: number;
}

/** So many callers, each asking again when it was answered. */
async function closedLoop(trial: StorageTrial, { commit, callers, counters, seconds }: Loop): Promise<Told> {
  const ms: number[] = [];
  const failures: Record<string, number> = {};
  const cpu = process.cpuUsage();
  const postgresCpu = trial.postgresCpuMs();
  const startedAt = performance.now();
  const until = startedAt + seconds * 1_000;
  const caller = async (): Promise<void> => {
    for (let at = performance.now(); at < until; at = performance.now()) {
      const { ctx, request } = trial.order(counters);
      try {
        await commit(ctx, request);
        ms.push(performance.now() - at);
      } catch (error) {
        failures[String(error)] = (failures[String(error)] ?? 0) + 1;
      }
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const ended = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  return {
    seconds: (ended - startedAt) / 1_000,
    ms,
    failures,
    nodeCpuMs: (user + system) / 1_000,
    postgresCpuMs: postgresCpu === undefined ? undefined : (trial.postgresCpuMs() ?? 0) - postgresCpu,
  };
}
