/** From what one setting took to what others should do, and how far off that was. */
import { figureOf, round } from '../figures.ts';
import type { Measured, Point } from './measure.ts';
import { boundOf, boundOnOneMachine, onOneMachine, type SharedMachine, type Station } from './model.ts';

/** What no order waits for: its event is published, counted and traced after its answer, or beside it. */
const BESIDE = ['kafka', 'analytics', 'traces', 'runner', 'watcher', 'auditor'];

export type Demands = Readonly<Record<string, number>>;

export interface Compared {
  readonly replicas: number;
  readonly clients: number;
  readonly measuredPerS: number;
  readonly predictedPerS: number;
  /** Predicted ÷ measured. */
  readonly ratio: number;
  readonly measuredMs: number;
  readonly predictedMs: number;
  /** Of all processes and the client, for each order, in this setting: the model has that of one setting for all. */
  readonly cpuMs: number;
  /** What the cores do at most when an order takes that much. */
  readonly boundPerS: number;
}

export interface Predicted {
  readonly machine: SharedMachine;
  /** Of the setting that the model is made from. */
  readonly demandMs: Demands;
  readonly boundPerS: number;
  readonly compared: readonly Compared[];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const median = (values: readonly number[]): number => figureOf(values).median;

/**
 * Made from two settings, both with two replicas: CPU from the most clients, for a core does more at once when more
 * wait for it; and what is not CPU from a single client, whose time is both.
 */
export function predictFrom({ idleCores, points }: Measured, cores: number): Predicted {
  const two = points.filter(({ replicas }) => replicas === 2);
  const most = Math.max(...two.map(({ clients }) => clients));
  const least = Math.min(...two.map(({ clients }) => clients));
  const demandMs = demandsOf(two.filter(({ clients }) => clients === most));
  const alone = two.filter(({ clients }) => clients === least);
  const waitedFor = (demands: Demands): number =>
    sum(Object.entries(demands).flatMap(([service, ms]) => (BESIDE.includes(service) ? [] : ms)));
  const machine: SharedMachine = {
    cores,
    idleCores: round(sum(Object.entries(idleCores).flatMap(([name, used]) => (name === 'client' ? [] : used))), 3),
    waitedForMs: round(waitedFor(demandMs)),
    besideMs: round(sum(Object.values(demandMs)) - waitedFor(demandMs)),
    delayMs: round(Math.max(0, median(alone.map(({ meanMs }) => meanMs)) - waitedFor(demandsOf(alone)))),
  };
  return {
    machine,
    demandMs,
    boundPerS: round(boundOnOneMachine(machine), 1),
    compared: comparedWith(points, machine),
  };
}

function comparedWith(points: readonly Point[], machine: SharedMachine): Compared[] {
  const settings = Map.groupBy(points, ({ replicas, clients }) => `${replicas} ${clients}`);
  return [...settings.values()].map((its) => {
    const { replicas, clients } = its[0] as Point;
    const predicted = onOneMachine(machine, clients);
    const measuredPerS = median(its.map(({ ordersPerS }) => ordersPerS));
    const cpuMs = sum(Object.values(demandsOf(its)));
    return {
      ...{ replicas, clients, measuredPerS, predictedPerS: round(predicted.ordersPerS, 1) },
      ratio: round(predicted.ordersPerS / measuredPerS),
      ...{ measuredMs: median(its.map(({ meanMs }) => meanMs)), predictedMs: round(predicted.meanMs) },
      cpuMs: round(cpuMs),
      boundPerS: round(boundOnOneMachine({ ...machine, waitedForMs: cpuMs, besideMs: 0 }), 1),
    };
  });
}

function demandsOf(points: readonly Point[]): Demands {
  const names = new Set(points.flatMap(({ demandMs }) => Object.keys(demandMs)));
  return Object.fromEntries(
    [...names].map((name) => [name, median(points.map(({ demandMs }) => demandMs[name] ?? 0))]),
  );
}

export interface Scaled {
  readonly replicas: number;
  readonly ordersPerS: number;
  readonly first: string;
}

/** What the arrows lead through, and so what can be had more of by `replicas`. */
const SERVICES = ['gateway', 'auth', 'business-logic', 'storage'];
/** What there is one of: Node's are one core each, Postgres and Kafka may use those of their machine. */
const SINGLE = ['load-balancer', 'analytics'];

/**
 * With a core for each replica and nobody else on it, as in a cluster that has room: N of each service, one balancer, one
 * analytics, and so many cores for each store. Nobody has measured that here.
 */
export function withCoresOfTheirOwn(demandMs: Demands, replicas: readonly number[], storeCores: number): Scaled[] {
  const stationOf = (name: string, servers: number): Station => ({ name, servers, demandMs: demandMs[name] ?? 0 });
  return replicas.map((count) => {
    const { station, ordersPerS } = boundOf([
      ...SERVICES.map((name) => stationOf(name, count)),
      ...SINGLE.map((name) => stationOf(name, 1)),
      ...['postgres', 'kafka'].map((name) => stationOf(name, storeCores)),
    ]);
    return { replicas: count, ordersPerS: round(ordersPerS, 0), first: station };
  });
}
