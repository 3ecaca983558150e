import { describe, expect, it } from '@jest/globals';
import { faultsFired, noteFaults, notingFaults } from './fired.ts';
import { counts, stored, world } from './stand-in.ts';

describe('a fault that a lab asked for', () => {
  const FAULT = 'storage.ReadMenu=delay:700/server';
  const tags = { 'fault.operation': 'storage.ReadMenu', 'fault.action': 'delay:700/server' };
  const asked = async (...ids: string[]) =>
    (await notingFaults(async () => ids.forEach((id) => noteFaults(`${FAULT}@0.5*1`, id)))).requests;

  it('has fired when one of the requests has it on a span', async () => {
    const { traces } = world([
      { at: 0, happens: stored('a') },
      { at: 0, happens: stored('b', tags) },
    ]);
    const fired = faultsFired(await asked('a', 'b'), { traces: await traces, workMsMax: 0 });
    await expect(fired).resolves.toEqual([]);
  });

  it('and never fired is an error of the lab', async () => {
    const other = { ...tags, 'fault.action': 'delay:70/server' };
    const ids = Array.from({ length: 20 }, (_, n) => `t${n}`);
    const { traces } = world(ids.map((id) => ({ at: 0, happens: stored(id, other) })));
    const fired = faultsFired(await asked(...ids), { traces: await traces, workMsMax: 0 });
    await expect(fired).rejects.toThrow(`the fault ${FAULT} was asked for by 20 requests and never fired`);
  });

  it('is not seen where its spans are not', async () => {
    const { traces } = world([
      { at: 0, happens: stored('a') },
      { at: 10, happens: counts(100, 3, 0) },
    ]);
    const fired = await faultsFired(await asked('a'), { traces: await traces, workMsMax: 0 });
    expect(fired).toMatchObject([{ held: false, notSeen: expect.stringContaining('storage-1 lost 3 spans') }]);
  });
});
