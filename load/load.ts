/**
 * A load that tells whether anything was lost. Orders arrive by a seeded plan and do not wait for answers (open loop); a
 * journal says what the client was told; what is unknown is sent again under its key until it is definite; then each key
 * is sent once more and must get the same bytes; then the audit holds the journal against the stores. docs/load.md.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AuditedSystem, audit } from '../audit/audit.ts';
import type { AuditReport } from '../audit/verdict.ts';
import { Connection } from './connection.ts';
import { makeCustomers, readMenus } from './customers.ts';
import { parseFaults } from './faults.ts';
import { FaultCounter, type LoadedSystem } from './fired.ts';
import { JournalWriter } from './journal-writer.ts';
import { BASELINE_SHARE, baselineOrders } from './phases.ts';
import { type PlannedOrder, planOf, scarceItems } from './plan.ts';
import { type Answered, type Pursued, pursue, type Run } from './pursue.ts';
import { replay, sendOtherContent } from './replays.ts';
import { type LoadResult, resultOf } from './result.ts';
import { Slots } from './slots.ts';
import { Tally } from './tally.ts';

export type Phase = 'sending' | 'resolving' | 'sending again';

export interface Progress {
  /** What is done now, for the person who waits. */
  say(line: string): void;
  /** Something was counted; often called. */
  tick(phase: Phase, tally: Tally): void;
}

export interface LoadOptions {
  readonly seed: number;
  /** Orders per second. */
  readonly rate: number;
  /** Either of the two bounds it. */
  readonly seconds?: number | undefined;
  readonly orders?: number | undefined;
  readonly journalFile: string;
  readonly customers?: number | undefined;
  /** As in --faults. */
  readonly faults?: string | undefined;
  /** Which share of the orders comes before the faults, from 0 to less than 1. Without faults it means nothing. */
  readonly baselineShare?: number | undefined;
  /** Names for Seams-Without. */
  readonly without?: readonly string[] | undefined;
  /** How many keys are sent again at the end. */
  readonly replaysMax?: number | undefined;
  readonly inFlightMax?: number | undefined;
  /** How long what is open may take after the last order was sent. */
  readonly resolveMs?: number | undefined;
  readonly audit?: boolean | undefined;
  /** Ends the sending; what was sent is still resolved. */
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
  /** Told each answer as it comes. */
  readonly answered?: Answered | undefined;
}

export const DEFAULTS = { customers: 20, replaysMax: 2_000, inFlightMax: 200, resolveMs: 120_000 } as const;
/**
 * Requests at once that repeat. Seen without this bound, at more load than the machine could bear: 860 open orders asked
 * again so often that hardly any answer came before its deadline.
 */
const RETRIES_IN_FLIGHT_MAX = 20;
/** How long analytics may take to count what was published. */
const AUDIT_WAIT_MS = 15_000;
const SILENT: Progress = { say: () => undefined, tick: () => undefined };

/** @throws Error of one line when it cannot begin: the options are wrong, or nothing answers */
export async function runLoad(system: LoadedSystem, options: LoadOptions): Promise<LoadResult> {
  const { customers = DEFAULTS.customers, inFlightMax = DEFAULTS.inFlightMax, progress = SILENT } = options;
  const { seed, journalFile, without = [] } = options;
  const faults = options.faults === undefined ? [] : parseFaults(options.faults);
  const plan = await prepared(system, { ...options, customers, progress });
  const made = await makeCustomers(system.url, customers, plan, (count) => {
    if (count % 10 === 0 || count === customers) progress.say(`${count} of ${customers} customers have a wallet`);
  });
  const counter = await FaultCounter.begin(system, faults);
  const journal = new JournalWriter(journalFile);
  const connection = new Connection(system.url, inFlightMax + RETRIES_IN_FLIGHT_MAX);
  const run: Run = {
    seed,
    name: `load-${seed}-${randomBytes(4).toString('hex')}`,
    connection,
    customers: made,
    faults,
    faultsFrom: faults.length === 0 ? 0 : baselineOrders(plan.length, options.baselineShare ?? BASELINE_SHARE),
    headers: without.length === 0 ? {} : { 'seams-without': without.join() },
    journal,
    tally: new Tally(plan.length),
    slots: new Slots(inFlightMax),
    retrySlots: new Slots(Math.min(RETRIES_IN_FLIGHT_MAX, inFlightMax)),
    startedAt: performance.now(),
    giveUpAt: undefined,
    answered: options.answered,
  };
  try {
    return await judged(system, { run, plan, options, counter });
  } finally {
    counter?.stop();
    connection.close();
    journal.close();
  }
}

interface Loading {
  readonly run: Run;
  readonly plan: readonly PlannedOrder[];
  readonly options: LoadOptions;
  readonly counter: FaultCounter | undefined;
}

async function judged(system: LoadedSystem, { run, plan, options, counter }: Loading): Promise<LoadResult> {
  const { seed, rate, without = [], replaysMax = DEFAULTS.replaysMax, progress = SILENT, journalFile } = options;
  const { customers = DEFAULTS.customers, inFlightMax = DEFAULTS.inFlightMax } = options;
  const pursued = await pursueAll(run, plan, options);
  // Without the key each replay would be a new order.
  const repeatable = !without.includes('idempotency');
  const replays =
    repeatable && replaysMax > 0 ? await replay(run, pursued, replaysMax, ticking(run, progress)) : undefined;
  const otherContent = replays ? await sendOtherContent(run, pursued) : undefined;
  const report = options.audit === false ? undefined : await audited(system, journalFile, progress);
  const { tally, startedAt, faults: rules, faultsFrom } = run;
  // The audit has waited until every event is counted.
  const firedFaults = await counter?.ended(rules, tally.asked, report === undefined ? AUDIT_WAIT_MS : 0);
  const interrupted = options.signal?.aborted ?? false;
  const asked = { seed, without, customers, rules, faultsFrom, rateAsked: rate, inFlightMax };
  const seen = { pursued, tally, startedAt, interrupted, replays, otherContent, journalFile, audit: report };
  return resultOf({ ...asked, ...seen, firedFaults });
}

interface Preparation extends LoadOptions {
  readonly customers: number;
  readonly progress: Progress;
}

async function prepared({ url }: AuditedSystem, options: Preparation): Promise<PlannedOrder[]> {
  const menus = await readMenus(url);
  const plan = planOf(options, menus);
  options.progress.say(`seed ${options.seed}: ${plan.length} orders planned`);
  const scarce = scarceItems(plan, menus);
  if (scarce.length > 0) {
    options.progress.say(
      `${scarce.length} items hold less than is asked for, so some will be refused: ${scarce.slice(0, 5).join(', ')}`,
    );
  }
  return plan;
}

async function pursueAll(
  run: Run,
  plan: readonly PlannedOrder[],
  { signal, progress = SILENT, resolveMs = DEFAULTS.resolveMs }: LoadOptions,
): Promise<Pursued[]> {
  const { tally } = run;
  const pursuits: Promise<Pursued>[] = [];
  let phase: Phase = 'sending';
  for (const order of plan) {
    await until(run.startedAt + order.atMs, signal);
    if (signal?.aborted) break;
    progress.tick(phase, tally);
    pursuits.push(
      pursue(run, order).finally(() => {
        progress.tick(phase, tally);
      }),
    );
  }
  phase = 'resolving';
  run.giveUpAt = performance.now() + resolveMs;
  if (tally.open > 0) progress.say(`${tally.open} orders are open, ${tally.unknown} of them unknown: resolving`);
  return Promise.all(pursuits);
}

async function until(at: number, signal: AbortSignal | undefined): Promise<void> {
  const ms = at - performance.now();
  if (ms <= 0 || signal?.aborted) return;
  try {
    await sleep(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
  }
}

function ticking({ tally }: Run, progress: Progress): (sent: number, of: number) => void {
  return (sent, of) => {
    if (sent === 1) progress.say(`sending ${of} keys again`);
    progress.tick('sending again', tally);
  };
}

async function audited(system: AuditedSystem, journalFile: string, { say }: Progress): Promise<AuditReport | string> {
  try {
    return await audit(system, { waitMs: AUDIT_WAIT_MS, journalFile, progress: say });
  } catch (error) {
    return (error as Error).message;
  }
}
