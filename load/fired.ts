/**
 * Which faults fired. A request that carries a fault is no proof: an answer from a cache, or a refusal before the
 * operation, and nothing happens. The proof is the counter of the process in which it fired, seams_faults_fired_total.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditedSystem } from '../audit/audit.ts';
import { EDGES, type Edge, type FaultRule, firedAs } from './faults.ts';

/** What one process has counted since it started. */
export interface ProcessFaults {
  /** Its name and its pid: a process that was restarted counts from 0. */
  readonly process: string;
  readonly upMs: number;
  readonly counts: readonly { readonly operation: string; readonly action: string; readonly fired: number }[];
}

/** Resolves with the processes that answered. */
export type ReadFiredFaults = () => Promise<readonly ProcessFaults[]>;

export interface LoadedSystem extends AuditedSystem {
  /** Without it a load takes no faults but the client's own. */
  readonly readFiredFaults?: ReadFiredFaults;
}

/** A process answers /metrics anew once a second. */
export const METRICS_CACHED_MS = 1_000;

/** Adds up, over all processes, what was counted since `begin`. Each look costs a request to each process. */
export class FiredFaults {
  readonly #read: ReadFiredFaults;
  readonly #monotonicMs: () => number;
  readonly #beganAt: number;
  readonly #processes = new Map<string, { readonly first: ProcessFaults | undefined; last: ProcessFaults }>();
  #answered = new Set<string>();

  private constructor(read: ReadFiredFaults, monotonicMs: () => number) {
    this.#read = read;
    this.#monotonicMs = monotonicMs;
    this.#beganAt = monotonicMs();
  }

  static async begin(read: ReadFiredFaults, monotonicMs = (): number => performance.now()): Promise<FiredFaults> {
    const fired = new FiredFaults(read, monotonicMs);
    await fired.look();
    return fired;
  }

  async look(): Promise<void> {
    const all = await this.#read();
    this.#answered = new Set(all.map(({ process }) => process));
    for (const one of all) {
      const known = this.#processes.get(one.process);
      const isNew = one.upMs < this.#monotonicMs() - this.#beganAt;
      if (known) known.last = one;
      else this.#processes.set(one.process, { first: isNew ? undefined : one, last: one });
    }
  }

  count(operation: string, action: string): number {
    return [...this.#processes.values()].reduce(
      (sum, { first, last }) => sum + countIn(last, operation, action) - countIn(first, operation, action),
      0,
    );
  }

  /** Those that did not answer the last look: what they counted since the look before is not known. */
  get silent(): readonly string[] {
    return [...this.#processes.keys()].filter((process) => !this.#answered.has(process));
  }
}

const countIn = (faults: ProcessFaults | undefined, operation: string, action: string): number =>
  (faults?.counts ?? [])
    .filter((one) => one.operation === operation && one.action === action)
    .reduce((sum, { fired }) => sum + fired, 0);

export interface FaultCount {
  /** As --faults says it; several when they do the same at the same edge, because the system counts them as one. */
  readonly fault: string;
  readonly edge: Edge;
  /** Requests that carried it. */
  readonly asked: number;
  /** Repeated calls included, so it can exceed the requests. */
  readonly fired: number;
}

/** How many requests carried each fault, by rule and edge. */
export type Asked = ReadonlyMap<FaultRule, ReadonlyMap<Edge, number>>;

export type CountFired = Pick<FiredFaults, 'count' | 'silent'>;

export function faultCounts(rules: readonly FaultRule[], asked: Asked, fired: CountFired): FaultCount[] {
  const rows = rules.flatMap((rule) =>
    rule.edges.map((edge) => ({ rule, edge, asked: asked.get(rule)?.get(edge) ?? 0, as: firedAs(rule.action) })),
  );
  return [...Map.groupBy(rows, ({ edge, as }) => `${edge} ${as}`).values()].map((same) => {
    const [{ edge, as }] = same as [(typeof rows)[number]];
    const operation: string | undefined = EDGES[edge];
    const sum = same.reduce((total, one) => total + one.asked, 0);
    return {
      fault: [...new Set(same.map(({ rule }) => rule.text))].join(' and '),
      edge,
      asked: sum,
      // At the client's own edge the load client does it itself.
      fired: operation === undefined ? sum : fired.count(operation, as),
    };
  });
}

/** Why a fault that requests carried did not fire: what did not happen at its edge. */
const NOT_REACHED: Readonly<Record<Edge, string>> = {
  'client-gateway': 'no request was sent',
  'gateway-auth': 'no gateway asked auth for one of them',
  'gateway-logic': 'no gateway passed one of them to business-logic (were they refused before?)',
  'logic-storage': 'business-logic wrote no order of theirs (were they refused before?)',
  'storage-postgres': 'none of them came to its COMMIT (were they refused before?)',
  'relay-kafka': 'the relay published no event of theirs (a refused order has none, nor has one without the outbox)',
  'kafka-analytics': 'analytics consumed no event of theirs (a refused order has none)',
};

const expected = (requests: number): string => (requests < 1 ? 'fewer than one' : requests.toFixed(0));

/** A sentence for each fault that was asked for and never fired, with the likely cause. */
export function neverFired(
  rules: readonly FaultRule[],
  { asked, requests, fired }: { readonly asked: Asked; readonly requests: number; readonly fired: CountFired },
): string[] {
  const silent = fired.silent.length === 0 ? '' : `; ${fired.silent.join(', ')} can't be asked any more`;
  return rules.flatMap((rule) => {
    const counts = faultCounts([rule], asked, fired);
    if (counts.some((one) => one.asked > 0 && one.fired > 0)) return [];
    const carried = counts.filter((one) => one.asked > 0);
    const sum = carried.reduce((total, one) => total + one.asked, 0);
    const why =
      sum === 0
        ? `none of ${requests} requests drew it (${expected(rule.probability * requests)} expected)`
        : `${sum} requests carried it, and ${carried.map(({ edge }) => NOT_REACHED[edge]).join(', ')}${silent}`;
    return [`${rule.text} never fired: ${why}`];
  });
}

const LOOK_EVERY_MS = 1_000;

/** Looks once a second while a load runs, so that a process that is killed takes at most the last second's count along. */
export class FaultCounter {
  readonly #fired: FiredFaults;
  readonly #pause: (ms: number) => Promise<unknown>;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> = Promise.resolve();
  #failure: string | undefined;

  private constructor(fired: FiredFaults, pause: (ms: number) => Promise<unknown>) {
    this.#fired = fired;
    this.#pause = pause;
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
  }

  /**
   * Undefined when the client does every fault itself.
   * @throws Error of one line where nobody can be asked whether a fault fired
   */
  static async begin(
    { readFiredFaults }: LoadedSystem,
    rules: readonly FaultRule[],
    pause: (ms: number) => Promise<unknown> = sleep,
  ): Promise<FaultCounter | undefined> {
    const edges: readonly Edge[] = rules.flatMap((rule) => rule.edges);
    if (edges.every((edge) => EDGES[edge] === undefined)) return undefined;
    if (!readFiredFaults) throw new Error('faults are asked for, and nobody can be asked here whether they fire');
    return new FaultCounter(await FiredFaults.begin(readFiredFaults), pause);
  }

  /** @param waitMs how long faults after the answer may take until they fire */
  async ended(rules: readonly FaultRule[], asked: Asked, waitMs: number): Promise<FiredFaults | string> {
    this.stop();
    const isMissing = (): boolean =>
      faultCounts(rules, asked, this.#fired).some((one) => one.asked > 0 && one.fired === 0);
    for (let waited = 0; waited === 0 || (waited < waitMs && isMissing()); waited += METRICS_CACHED_MS) {
      // What /metrics answers now may have been counted a second ago.
      await this.#pause(METRICS_CACHED_MS);
      await this.#look();
    }
    return this.#failure ?? this.#fired;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** One after the other: an older look that ends last would take a count back. */
  #look(): Promise<void> {
    this.#looking = this.#looking.then(async () => {
      try {
        await this.#fired.look();
        this.#failure = undefined;
      } catch (error) {
        // Told at the end, unless a later look succeeds: the counters only rise.
        this.#failure = error instanceof Error ? error.message : String(error);
      }
    });
    return this.#looking;
  }
}
