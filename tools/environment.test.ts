import { afterEach, describe, expect, it } from '@jest/globals';
import { arrows, replicasMax, replyReserveMs, requestMsMax, type ServiceName, services } from '../topology.ts';
import { environmentOf, type Place, portsOf, replicaLineOf, replicaOf } from './environment.ts';

const place = { host: '127.0.0.1', offset: 1_000 };

describe('the ports of the topology', () => {
  it(`have room for ${replicasMax} replicas of each service`, () => {
    const users = new Map(portsOf(place).map(({ name, port }) => [port, name]));
    for (const service of Object.keys(services) as ServiceName[]) {
      for (let number = 1; number <= replicasMax; number++) {
        const { name, ports } = replicaOf(service, number, place);
        for (const [use, port] of Object.entries(ports)) {
          expect(users.get(port) ?? `${name} (${use})`).toBe(`${name} (${use})`);
          users.set(port, `${name} (${use})`);
        }
      }
    }
  });
});

describe('the lab runner', () => {
  const secrets = { postgresPasswords: { auth: 'a', storage: 'b', analytics: 'c' } };
  const before = process.env.SEAMS_LABS;
  afterEach(() => {
    if (before === undefined) delete process.env.SEAMS_LABS;
    else process.env.SEAMS_LABS = before;
  });
  const knownTo = (at: Place): string | undefined =>
    environmentOf(replicaOf('gateway', 1, at), at, secrets, '/lists').LAB_RUNNER_URL;
  const names = (at: Place): string[] => portsOf(at).map(({ name }) => name);

  it('is there, and the gateways know it, only in lab mode and where services are several processes', () => {
    delete process.env.SEAMS_LABS;
    expect(knownTo(place)).toBe('http://127.0.0.1:9092');
    expect(names(place)).toContain('lab-runner');
    expect(knownTo({ ...place, single: true })).toBeUndefined();
    process.env.SEAMS_LABS = 'off';
    expect(knownTo(place)).toBeUndefined();
    expect(names(place)).not.toContain('lab-runner');
  });
});

describe('one process', () => {
  it('meets its users where the load balancer stands otherwise, and needs no other port of a service', () => {
    const ports = new Map(portsOf({ ...place, single: true }).map(({ name, port }) => [name, port]));
    expect(ports.get('single')).toBe(portsOf(place).find(({ name }) => name === 'load-balancer')?.port);
    expect([...ports.keys()].sort()).toEqual([
      'auditor',
      'kafka',
      'kafka (controller)',
      'postgres',
      'single',
      'single (ops)',
      'traces (OTLP)',
      'traces (query)',
    ]);
  });
});

describe('the line of a replica in its list', () => {
  it.each([
    ['storage', 3, '127.0.0.1:8023'],
    ['gateway', 1, 'gateway-1=127.0.0.1:9081/9181'],
  ] as const)('of %s %d is %s', (service, number, line) => {
    expect(replicaLineOf(replicaOf(service, number, place), place)).toBe(line);
  });
});

describe('the arrows of the topology', () => {
  /** Every way from a service down, as lists of arrows. */
  const pathsFrom = (service: ServiceName): (typeof arrows)[number][][] =>
    arrows
      .filter(({ from }) => from === service)
      .flatMap((arrow) => [[arrow], ...pathsFrom(arrow.to).map((rest) => [arrow, ...rest])]);

  it('retry at one layer only: on any path at most one has more than one attempt', () => {
    const paths = (Object.keys(services) as ServiceName[]).flatMap(pathsFrom);
    expect(paths.length).toBeGreaterThanOrEqual(5);
    for (const path of paths) {
      const retrying = path.filter(({ attemptsMax }) => attemptsMax > 1).map(({ from, to }) => `${from} → ${to}`);
      expect(retrying.length <= 1 || retrying).toBe(true);
    }
  });

  it('fit into the time of whoever asks', () => {
    for (const { from, budgetMs, attemptsMax } of arrows) {
      const above = arrows.filter(({ to }) => (to as ServiceName) === from);
      const within = Math.min(requestMsMax, ...above.map((arrow) => arrow.budgetMs));
      expect(budgetMs * attemptsMax + replyReserveMs).toBeLessThanOrEqual(within);
    }
  });

  it('hand each of their limits over as environment', () => {
    const secrets = { postgresPasswords: {} };
    const env = environmentOf(replicaOf('business-logic', 1, place), place, secrets, '/lists');
    expect(env).toMatchObject({
      STORAGE_TARGET: 'replicas:/lists/storage',
      STORAGE_BUDGET_MS: '800',
      STORAGE_ATTEMPTS_MAX: '2',
      STORAGE_CONCURRENT_MAX: '256',
      STORAGE_RETRIES_PERCENT_MAX: '10',
      STORAGE_RETRIES_RESERVE: '20',
      STORAGE_BREAKER_FAILURES_MAX: '20',
      STORAGE_BREAKER_WINDOW_MS: '1000',
      STORAGE_BREAKER_SHARE_PERCENT_MAX: '75',
      STORAGE_BREAKER_CALLS_MIN: '8',
      STORAGE_BREAKER_PROBE_EVERY_MS: '1000',
      REPLY_RESERVE_MS: '50',
      CALLER_WAITS_MS: '1800',
    });
  });
});
