import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@seams/testkit';
import { Breakage } from './breakage.ts';
import { type StandIn, standIn } from './stand-in.ts';

const made: Breakage[] = [];
afterEach(() => {
  for (const one of made.splice(0)) one.stop();
});
function begin(): { world: StandIn; breakage: Breakage } {
  const world = standIn();
  const breakage = new Breakage(world);
  made.push(breakage);
  return { world, breakage };
}

describe('what can be broken', () => {
  it('is every process but what would have to heal it, with a sentence each', async () => {
    const { breakage } = begin();
    const { targets, services, broken } = await breakage.picture();
    expect(targets.map(({ process }) => process)).not.toContain('lab-runner');
    const sentences = targets.flatMap(({ faults }) => faults.map(({ sentence }) => sentence));
    expect(sentences.every((sentence) => /^\S.*\.$/.test(sentence) && !sentence.includes('undefined'))).toBe(true);
    const kill = (name: string): string | undefined =>
      targets.find(({ process }) => process === name)?.faults.find(({ fault }) => fault === 'kill')?.sentence;
    expect(kill('storage-1')).toContain('the other replica of storage goes on');
    expect(kill('auth-1')).toContain('tokens are checked against the last keys of auth');
    expect(kill('kafka')).toContain('their events wait in the outbox');
    expect(services.map(({ service }) => service)).toContain('storage');
    expect(broken).toEqual([]);
  });

  it('offers to remove only where another one goes on', async () => {
    const { breakage } = begin();
    const { targets } = await breakage.picture();
    const removable = targets.filter(({ faults }) => faults.some(({ fault }) => fault === 'remove'));
    expect(removable.map(({ part }) => part)).not.toContain('auth');
    expect(removable.map(({ part }) => part)).toContain('gateway');
    await expect(breakage.act({ fault: 'remove', name: 'auth-1' })).rejects.toMatchObject({ reason: 'not_possible' });
  });
});

describe('breaking and healing', () => {
  it('says what was done, and what is broken until it is healed', async () => {
    const { world, breakage } = begin();
    expect(await breakage.act({ fault: 'freeze', name: 'storage-1' })).toMatchObject({
      what: 'freeze storage-1 for 20 s',
      state: 'done',
    });
    await breakage.act({ fault: 'add', name: 'storage' });
    const { broken, log } = await breakage.picture();
    expect(broken).toEqual([
      {
        process: 'storage-1',
        how: 'frozen',
        sentence: expect.stringMatching(/^storage-1 is frozen, for \d+ s more\.$/),
      },
      { process: 'storage-3', how: 'added', sentence: 'storage-3 was added.' },
    ]);
    expect(log.map(({ what }) => what)).toEqual(['add storage', 'freeze storage-1 for 20 s']);
    expect(await breakage.whyNotWell()).toContain('storage-1 is frozen');

    const [healed, again] = await Promise.all([breakage.heal(), breakage.heal()]);
    expect(again).toEqual(healed);
    expect(healed).toMatchObject({ state: 'done', said: expect.stringContaining('storage-1 was thawed') });
    expect(world.done.filter((what) => what === 'make whole')).toHaveLength(1);
    expect(world.state('storage-1')).toBe('ready');
  });

  it('ends a freeze by itself', async () => {
    const { world, breakage } = begin();
    await breakage.act({ fault: 'freeze', name: 'load-balancer', forS: 1 });
    expect(world.state('load-balancer')).toBe('frozen');
    await eventually(() => expect(world.state('load-balancer')).toBe('ready'), 5_000);
    expect((await breakage.picture()).log[0]).toMatchObject({ what: 'thaw load-balancer', said: 'its time was over' });
  });

  it.each([
    [{ fault: 'kill', name: 'storage-9' }, 'process_unknown'],
    [{ fault: 'kill', name: 'lab-runner' }, 'process_unknown'],
    [{ fault: 'add', name: 'postgres' }, 'process_unknown'],
    [{ fault: 'thaw', name: 'storage-1' }, 'not_possible'],
    [{ fault: 'freeze', name: 'storage-1', forS: 301 }, 'invalid_body'],
    [{ fault: 'kill', name: 'storage-1', forS: 3 }, 'invalid_body'],
  ] as const)('refuses %p: %s', async (wanted, reason) => {
    const { world, breakage } = begin();
    await expect(breakage.act(wanted)).rejects.toMatchObject({ reason });
    expect(world.done).toEqual([]);
  });

  it('hands on why the runner refuses', async () => {
    const { world, breakage } = begin();
    world.refuse('storage-1 cannot be killed now: it is stopping');
    await expect(breakage.act({ fault: 'kill', name: 'storage-1' })).rejects.toThrow(
      'Storage-1 cannot be killed now: it is stopping. Nothing was done.',
    );
  });
});

describe('a plan', () => {
  it('is followed until it is healed, and keeps labs away meanwhile', async () => {
    const { world, breakage } = begin();
    const asked = { seed: 3, seconds: 600, siblings: false };
    const run = breakage.startRandom(asked);
    expect(run).toMatchObject({ seed: 3, done: 0 });
    expect(() => breakage.startRandom(asked)).toThrow('already');
    await expect(breakage.whyNotWell()).rejects.toMatchObject({ reason: 'random_running' });
    await eventually(() => expect(world.done.length).toBeGreaterThan(0), 10_000);
    expect(`${run.next?.fault} ${run.next?.process}`).toBe(world.done[0]);
    expect(await breakage.healed()).toMatchObject({ state: 'done' });
    expect((await breakage.picture()).random).toBeNull();
  }, 15_000);
});
