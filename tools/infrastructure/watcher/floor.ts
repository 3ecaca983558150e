/** What the floor shows, made from the looks at all processes: GET /floor, and GET /v1/floor of the gateway. */
import { arrows, infrastructure, type Service, type ServiceName, services, topics } from '../../../topology.ts';
import { type Sample, sumOf } from './metrics-text.ts';
import type { State } from './probe.ts';

export interface Process {
  readonly name: string;
  readonly part: string;
  readonly kind: 'service' | 'infrastructure';
  readonly state: State;
  readonly why?: string;
  /** How long it has been in this state, as far as it was watched. */
  readonly forMs: number;
  readonly memoryBytes?: number;
  readonly upS?: number;
}

/** What was counted between two looks at one process, over its own clock. */
export interface Window {
  readonly part: string;
  readonly name: string;
  readonly seconds: number;
  readonly before: readonly Sample[];
  readonly now: readonly Sample[];
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly kind: 'request' | 'store' | 'event';
  /** Null where nobody counts. */
  readonly perSecond: number | null;
  /** From asked to answered, on average; null where nobody measures, or nothing came. */
  readonly meanMs: number | null;
  readonly refusedPerSecond: number | null;
  readonly retriesPerSecond: number | null;
  /** By process of the caller. */
  readonly breakers: readonly { readonly of: string; readonly state: 'closed' | 'half-open' | 'open' }[];
}

export interface Floor {
  readonly sequence: number;
  readonly at: string;
  readonly processes: readonly Process[];
  readonly arrows: readonly Arrow[];
  readonly topics: readonly { readonly name: string; readonly partitions: number }[];
  readonly outbox: {
    readonly leader: string | null;
    readonly term: number | null;
    readonly waiting: number | null;
    readonly oldestS: number | null;
  };
}

const BREAKER = ['closed', 'half-open', 'open'] as const;

/** A rate over all processes of a part; undefined when none of them counts it. */
function rateOf(
  windows: readonly Window[],
  part: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | null {
  let sum: number | null = null;
  for (const { before, now, seconds } of windows.filter((one) => one.part === part)) {
    const [first, last] = [sumOf(before, name, labels), sumOf(now, name, labels)];
    if (last === undefined || seconds <= 0) continue;
    // A counter that fell began again with its process.
    sum = (sum ?? 0) + Math.max(0, last - (first ?? 0)) / seconds;
  }
  return sum;
}

/** @param unitMs what `took` is in, in ms: Prometheus counts in seconds */
const meanOf = (took: number | null, perSecond: number | null, unitMs = 1_000): number | null =>
  took === null || !perSecond ? null : (took / perSecond) * unitMs;

const quiet = { refusedPerSecond: null, retriesPerSecond: null, breakers: [] } as const;

/** The arrows of topology.ts, what stands before and below them, and where events go. */
export function arrowsOf(windows: readonly Window[]): Arrow[] {
  const { 'load-balancer': balancer } = infrastructure;
  const front = (name: string): number | null => rateOf(windows, 'load-balancer', `balancer_${name}`);
  const letIn = rateOf(windows, balancer.to, 'seams_gateway_admitted_requests_total');
  const ended = rateOf(windows, balancer.to, 'seams_gateway_ended_requests_total');
  const took = rateOf(windows, balancer.to, 'seams_gateway_request_seconds_total');
  const shed = rateOf(windows, balancer.to, 'seams_gateway_shed_requests_total');
  return [
    {
      ...quiet,
      from: 'clients',
      to: 'load-balancer',
      kind: 'request',
      perSecond: front('taken'),
      meanMs: meanOf(front('endedMs'), front('ended'), 1),
      refusedPerSecond: front('refusedHere'),
    },
    {
      ...quiet,
      from: 'load-balancer',
      to: balancer.to,
      kind: 'request',
      perSecond: letIn,
      meanMs: meanOf(took, ended),
      refusedPerSecond: shed,
    },
    ...arrows.map(({ from, to }) => callsOf(windows, from, to)),
    { ...quiet, from: infrastructure.auditor.for, to: 'auditor', kind: 'request', perSecond: null, meanMs: null },
    ...(Object.entries(services) as [ServiceName, Service][]).flatMap(([name, service]) =>
      storesOf(windows, name, service),
    ),
  ];
}

function callsOf(windows: readonly Window[], from: string, to: string): Arrow {
  const rate = (name: string): number | null => rateOf(windows, from, `seams_policy_${name}_total`, { callee: to });
  return {
    from,
    to,
    kind: 'request',
    perSecond: rate('attempts'),
    meanMs: meanOf(rate('attempt_seconds'), rate('attempts_ended')),
    refusedPerSecond: rate('refused'),
    retriesPerSecond: rate('retries'),
    breakers: windows
      .filter((one) => one.part === from)
      .flatMap(({ name, now }) => {
        const state = BREAKER[sumOf(now, 'seams_policy_breaker_state', { callee: to }) ?? -1];
        return state === undefined ? [] : [{ of: name, state }];
      }),
  };
}

function storesOf(windows: readonly Window[], name: ServiceName, { database, publishes, consumes }: Service): Arrow[] {
  const rate = (metric: string): number | null => rateOf(windows, name, metric);
  const statements = rate('seams_postgres_statements_total');
  const consumed = rate('seams_consumed_events_total');
  const published = rate('seams_relay_published_events_total');
  const arrow = (
    from: string,
    to: string,
    kind: Arrow['kind'],
    counted: Pick<Arrow, 'perSecond' | 'meanMs'>,
  ): Arrow => ({
    ...quiet,
    from,
    to,
    kind,
    ...counted,
  });
  return [
    ...(database
      ? [
          arrow(name, 'postgres', 'store', {
            perSecond: statements,
            meanMs: meanOf(rate('seams_postgres_statement_seconds_total'), statements),
          }),
        ]
      : []),
    // Whoever consumes publishes only what it sets aside, and that is seldom.
    ...(publishes && !consumes ? [arrow(name, 'kafka', 'event', { perSecond: published, meanMs: null })] : []),
    // How far behind: from being published to being counted.
    ...(consumes
      ? [
          arrow('kafka', name, 'event', {
            perSecond: consumed,
            meanMs: meanOf(rate('seams_consumed_delay_seconds_total'), consumed),
          }),
        ]
      : []),
  ];
}

export function outboxOf(windows: readonly Window[]): Floor['outbox'] {
  const storages = windows.filter(({ part }) => part === 'storage');
  const leader = storages.find(({ now }) => sumOf(now, 'seams_relay_leads') === 1);
  const most = (name: string): number | null => {
    const seen = storages.flatMap(({ now }) => sumOf(now, name) ?? []);
    return seen.length === 0 ? null : Math.max(...seen);
  };
  return {
    leader: leader?.name ?? null,
    term: most('seams_relay_term'),
    waiting: most('seams_outbox_waiting'),
    oldestS: most('seams_outbox_oldest_seconds'),
  };
}

export const topicsOf = (): Floor['topics'] =>
  Object.entries(topics).map(([name, { partitions }]) => ({ name, partitions }));
