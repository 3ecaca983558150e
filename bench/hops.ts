/**
 * Bytes on each hop: what the kernel counts for each TCP connection, asked of `ss`, so on Linux only. Headers of TCP and IP
 * are not in it. A connection that ended between two looks takes its bytes with it; between services they stay.
 */
import { spawnSync } from 'node:child_process';
import type { SystemStatus } from '../tools/system/status.ts';
import { services } from '../topology.ts';

/** As its caller sees it. */
export interface Bytes {
  readonly sent: number;
  readonly received: number;
}

export interface Connection extends Bytes {
  /** Both ports: as long as it stands, no other has them. */
  readonly id: string;
  /** "gateway → auth" */
  readonly hop: string;
}

export interface Parties {
  readonly byPid: ReadonlyMap<number, string>;
  readonly byPort: ReadonlyMap<number, string>;
}

const LISTING_BYTES_MAX = 16 * 2 ** 20;

/** @param status undefined where nobody can say */
export function connectionsOf(status: SystemStatus): readonly Connection[] | undefined {
  if (process.platform !== 'linux') return undefined;
  const { stdout, status: code } = spawnSync('ss', ['-tinpHO'], { encoding: 'utf8', maxBuffer: LISTING_BYTES_MAX });
  return code === 0 ? connectionsIn(stdout, partiesOf(status)) : undefined;
}

function partiesOf({ processes }: SystemStatus): Parties {
  const byPid = new Map(processes.flatMap(({ pid, name }) => (pid === null ? [] : [[pid, serviceOf(name)] as const])));
  const ports = processes.flatMap(({ name, ports }) => ports.map((port) => [port, serviceOf(name)] as const));
  return { byPid: byPid.set(process.pid, 'client'), byPort: new Map(ports) };
}

/** "storage" of "storage-2": replicas are one party. */
const serviceOf = (name: string): string => {
  const service = name.replace(/-\d+$/, '');
  return Object.hasOwn(services, service) ? service : name;
};

/** Each connection once: from the end of whoever opened it to the port of whoever listens. */
export function connectionsIn(listing: string, { byPid, byPort }: Parties): Connection[] {
  return listing.split('\n').flatMap((line) => {
    const [, , , local = '', peer = ''] = line.split(/\s+/);
    const from = byPid.get(Number(/pid=(\d+)/.exec(line)?.[1]));
    const to = byPort.get(portOf(peer));
    if (from === undefined || to === undefined || byPort.has(portOf(local))) return [];
    const counted = (name: string): number => Number(new RegExp(`\\b${name}:(\\d+)`).exec(line)?.[1] ?? 0);
    const bytes = { sent: counted('bytes_sent'), received: counted('bytes_received') };
    return [{ id: `${local} ${peer}`, hop: `${from} → ${to}`, ...bytes }];
  });
}

const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(':') + 1));

/** By hop, for each of so many orders; a hop with less than a byte for each is left out. */
export function bytesPerOrder(
  before: readonly Connection[],
  after: readonly Connection[],
  orders: number,
): Record<string, Bytes> {
  const then = new Map(before.map((connection) => [connection.id, connection]));
  const sums = new Map<string, { sent: number; received: number }>();
  for (const { id, hop, sent, received } of after) {
    const sum = sums.get(hop) ?? { sent: 0, received: 0 };
    sum.sent += sent - (then.get(id)?.sent ?? 0);
    sum.received += received - (then.get(id)?.received ?? 0);
    sums.set(hop, sum);
  }
  const each = (bytes: number): number => Math.round(bytes / Math.max(1, orders));
  const hops = [...sums].map(([hop, sum]) => [hop, { sent: each(sum.sent), received: each(sum.received) }] as const);
  return Object.fromEntries(hops.filter(([, { sent, received }]) => sent + received > 0).sort(byName));
}

const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;
