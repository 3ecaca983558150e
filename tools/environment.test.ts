import { describe, expect, it } from '@jest/globals';
import { replicasMax, type ServiceName, services } from '../topology.ts';
import { portsOf, replicaLineOf, replicaOf } from './environment.ts';

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

describe('the line of a replica in its list', () => {
  it.each([
    ['storage', 3, '127.0.0.1:8023'],
    ['gateway', 1, 'gateway-1=127.0.0.1:9081/9181'],
  ] as const)('of %s %d is %s', (service, number, line) => {
    expect(replicaLineOf(replicaOf(service, number, place), place)).toBe(line);
  });
});
