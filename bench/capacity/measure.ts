/** What the model needs and what it is held against: rate, time and CPU by process, for so many clients and replicas. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as faults from '../../tools/system/faults.ts';
import { askStatus, type Running } from '../../tools/system/running.ts';
import { round } from '../figures.ts';
import { closedLoop, isDone } from '../phases.ts';
import { spentBy } from '../spent.ts';
import type { Traffic } from '../traffic.ts';
import { warm } from '../warm.ts';

export interface Point {
  readonly replicas: number;
  readonly clients: number;
  readonly ordersPerS: number;
  readonly meanMs: number;
  /** By service, all replicas together, without what it uses when nobody asks. "client" is this process. */
  readonly demandMs: Readonly<Record<string, number>>;
  readonly notDone: number;
}

export interface Measured {
  /** Cores that each service uses while nobody asks for anything. */
  readonly idleCores: Readonly<Record<string, number>>;
  readonly points: readonly Point[];
}

export interface CapacityPlan {
  readonly clients: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  readonly warmSecondsMax: number;
  say(line: string): void;
}

/** Those that topology.ts has two of. */
export const DOUBLED = ['gateway', 'business-logic', 'storage'] as const;

/** Two replicas of each, one of each, two again: a machine that grows slower counts against both. */
export async function measureCapacity(running: Running, traffic: Traffic, plan: CapacityPlan): Promise<Measured> {
  const clients = Math.max(...plan.clients);
  const points: Point[] = [];
  let idleCores: Record<string, number> = {};
  for (let number = 1; number <= plan.rounds; number++) {
    if (number > 1) for (const service of DOUBLED) await faults.addReplica(running, service);
    for (const replicas of [2, 1]) {
      if (replicas === 1) for (const service of DOUBLED) await faults.removeReplica(running, `${service}-2`);
      await warm(traffic, { clients, secondsMax: plan.warmSecondsMax });
      if (number === 1 && replicas === 2) idleCores = await measureIdle(running, plan.seconds);
      for (const count of number % 2 ? plan.clients : plan.clients.toReversed()) {
        const point = await measurePoint({ running, traffic, replicas, clients: count }, plan.seconds, idleCores);
        plan.say(`${replicas} replicas, ${count} clients: ${point.ordersPerS} orders/s, ${point.meanMs} ms`);
        points.push(point);
      }
    }
  }
  return { idleCores, points };
}

interface Setting {
  readonly running: Running;
  readonly traffic: Traffic;
  readonly replicas: number;
  readonly clients: number;
}

async function measurePoint(
  { running, traffic, replicas, clients }: Setting,
  seconds: number,
  idleCores: Readonly<Record<string, number>>,
): Promise<Point> {
  const from = await usedCpu(running);
  const told = await closedLoop(traffic, clients, seconds);
  const to = await usedCpu(running);
  const done = told.filter(isDone);
  const took = to.at - from.at;
  const demandMs = [...to.cpuMs].map(([service, ms]) => {
    const used = ms - (from.cpuMs.get(service) ?? 0) - (idleCores[service] ?? 0) * took;
    return [service, round(Math.max(0, used) / Math.max(1, done.length), 3)] as const;
  });
  return {
    replicas,
    clients,
    ordersPerS: round((done.length / took) * 1_000, 1),
    meanMs: round(done.reduce((sum, { ms }) => sum + ms, 0) / Math.max(1, done.length)),
    demandMs: Object.fromEntries(demandMs),
    notDone: told.length - done.length,
  };
}

async function measureIdle(running: Running, seconds: number): Promise<Record<string, number>> {
  const from = await usedCpu(running);
  await sleep(seconds * 1_000);
  const to = await usedCpu(running);
  const used = [...to.cpuMs].map(([service, ms]) => [
    service,
    round((ms - (from.cpuMs.get(service) ?? 0)) / (to.at - from.at), 4),
  ]);
  return Object.fromEntries(used);
}

/** A replica that is gone would count backwards, so only those that stay are looked at between its removal and the next look. */
async function usedCpu(running: Running): Promise<{ at: number; cpuMs: Map<string, number> }> {
  const cpuMs = new Map<string, number>();
  for (const [name, spent] of spentBy(await askStatus(running.dataDir))) {
    const service = name.replace(/-\d+$/, '');
    cpuMs.set(service, (cpuMs.get(service) ?? 0) + spent.cpuMs);
  }
  const { user, system } = process.cpuUsage();
  return { at: performance.now(), cpuMs: cpuMs.set('client', (user + system) / 1_000) };
}
