import { describe, expect, it } from '@jest/globals';
import { stopInOrder } from './stop-order.ts';

/** Processes that end when the test says so. */
function world() {
  const told: string[] = [];
  const ends = new Map<string, () => void>();
  const one = (name: string) => ({
    stop: () => {
      told.push(name);
      return new Promise<void>((resolve) => void ends.set(name, resolve));
    },
  });
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  return {
    told,
    groups: [[one('balancer')], [one('gateway-1'), one('gateway-2')], [one('postgres')]],
    end: async (name: string) => {
      ends.get(name)?.();
      await turns();
    },
    turns,
  };
}

describe('a stop in order', () => {
  it('tells a group when all of the one before have ended', async () => {
    const { told, groups, end, turns } = world();
    const stopped = stopInOrder(groups, new Promise(() => {}));
    await turns();
    expect(told).toEqual(['balancer']);
    await end('balancer');
    expect(told).toEqual(['balancer', 'gateway-1', 'gateway-2']);
    await end('gateway-1');
    expect(told).toHaveLength(3);
    await end('gateway-2');
    expect(told).toEqual(['balancer', 'gateway-1', 'gateway-2', 'postgres']);
    await end('postgres');
    await stopped;
  });

  it('tells all that are left when it takes too long, and still waits for their ends', async () => {
    const { told, groups, end, turns } = world();
    const late = Promise.withResolvers<void>();
    let done = false;
    const stopped = stopInOrder(groups, late.promise).then(() => {
      done = true;
    });
    await turns();
    late.resolve();
    await turns();
    expect(told).toEqual(['balancer', 'gateway-1', 'gateway-2', 'postgres']);
    for (const name of told.slice(1)) await end(name);
    expect(done).toBe(false);
    await end('balancer');
    await stopped;
  });
});
