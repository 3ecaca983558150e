/** Whom to look at: what topology.ts names, and the replicas that the runner's lists name now. */
import { readFileSync } from 'node:fs';
import { infrastructure, replicasMax, type ServiceName, services } from '../../../topology.ts';
import { type Place, type Replica, replicaLineOf, replicaListOf, replicaOf } from '../../environment.ts';
import { askHttp, askKafka, askPostgres, type Look } from './probe.ts';

export interface Watched {
  readonly name: string;
  /** The service or the part of the infrastructure that it is one of. */
  readonly part: string;
  readonly kind: 'service' | 'infrastructure';
  /** Is it there, and ready? */
  look(): Promise<Look>;
  /** What it measures; undefined where nothing does. */
  measures?(): Promise<Look>;
}

export interface Ports {
  readonly balancer: number;
  readonly query: number;
}

export function infrastructureAt({ host, offset }: Place, { balancer, query }: Ports): Watched[] {
  const { postgres, kafka, auditor } = infrastructure;
  const readyUrl = `http://${host}:${balancer}/readyz`;
  const one = (name: string, look: () => Promise<Look>): Watched => ({
    name,
    part: name,
    kind: 'infrastructure',
    look,
  });
  return [
    { ...one('load-balancer', () => askHttp(readyUrl)), measures: async () => measuredBy(await askHttp(readyUrl)) },
    one('postgres', () => askPostgres(host, postgres.ports.sql + offset)),
    one('kafka', () => askKafka(host, kafka.ports.broker + offset)),
    one('traces', () => askHttp(`http://${host}:${query}/api/services`)),
    one('auditor', () => askHttp(`http://${host}:${auditor.ports.http + offset}/readyz`)),
  ];
}

/** The load balancer's port is the clients', so it counts in /readyz; here that becomes what the other processes give. */
function measuredBy({ text, ...look }: Look): Look {
  if (text === undefined || !text.startsWith('{')) return look;
  const { upMs, requests } = JSON.parse(text) as { upMs: number; requests: Readonly<Record<string, number>> };
  const counted = Object.entries(requests).map(([name, value]) => `balancer_${name} ${value}`);
  return { ...look, text: [`process_uptime_seconds ${upMs / 1_000}`, ...counted].join('\n') };
}

/** A replica that is restarted in order leaves its list and comes back; one that was killed stays on it. */
export function replicasAt(place: Place, listsDir: string): Watched[] {
  return (Object.keys(services) as ServiceName[]).flatMap((service) => {
    const listed = new Set(readFileSync(replicaListOf(service, listsDir), 'utf8').split('\n'));
    const all = Array.from({ length: replicasMax }, (_, index) => replicaOf(service, index + 1, place));
    return all
      .filter((replica) => listed.has(replicaLineOf(replica, place)))
      .map((replica) => watchedOf(replica, place));
  });
}

function watchedOf({ name, service, ports }: Replica, { host }: Place): Watched {
  const ops = `http://${host}:${ports.ops}`;
  return {
    name,
    part: service,
    kind: 'service',
    look: () => askHttp(`${ops}/readyz`),
    measures: () => askHttp(`${ops}/metrics`),
  };
}
