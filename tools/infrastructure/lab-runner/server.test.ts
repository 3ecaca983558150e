import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@seams/testkit';
import type { LabEnd } from '../../labs/child.ts';
import type { LabEvent } from '../../labs/events.ts';
import type { LoopbackServer } from '../loopback-server.ts';
import { Breakage } from './breakage.ts';
import { type RunLab, Runs } from './runs.ts';
import { match, startLabServer } from './server.ts';
import { standIn } from './stand-in.ts';

const FOUND: LabEvent = { kind: 'found', outcome: 'held', withPattern: '0 of 4', traces: [], lookAt: [] };

const KNOWN = '01a1ffcb-c452-727f-8b1e-865e0440317f';
const FROZEN = '01a1ffcb-c452-727f-8b1e-865e04403180';

const servers: LoopbackServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));

/** A lab that says what the test has it say, and ends when it is told to or stopped. */
async function serving() {
  const world = standIn();
  const breakage = new Breakage(world);
  let current: { say(event: LabEvent): void; end(how: LabEnd): void } | undefined;
  const runLab: RunLab = ({ onEvent, signal }) =>
    new Promise((resolve) => {
      current = { say: onEvent, end: resolve };
      signal?.addEventListener('abort', () => resolve('stopped'));
    });
  const labs = async () => ({ labs: [{ name: 'messages' }], coming: [] }) as never;
  const lookAtOrder = async (orderId: string) => {
    if (orderId === FROZEN) return new Promise<never>(() => undefined);
    return orderId === KNOWN ? ({ orderId, kafkaSays: 'It is there.' } as never) : undefined;
  };
  const server = await startLabServer(
    { runs: new Runs(runLab, breakage, async () => []), breakage, labs, lookAtOrder },
    { host: '127.0.0.1', port: 0 },
  );
  servers.push(server);
  const ask = async (method: string, path: string, body?: object) => {
    const init = { method, ...(body ? { body: JSON.stringify(body) } : {}) };
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, init);
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  };
  return { world, ask, lab: () => current };
}

const begun = async (): Promise<Awaited<ReturnType<typeof serving>> & { id: string }> => {
  const one = await serving();
  const { status, body } = await one.ask('POST', '/labs/messages/runs', { short: true });
  expect([status, body]).toMatchObject([201, { lab: 'messages', short: true, state: 'running', endedAt: null }]);
  await eventually(() => expect(one.lab()).toBeDefined(), 2_000);
  return { ...one, id: String(body.id) };
};

describe('a lab over HTTP', () => {
  it('is run once at a time, says what it sees as it comes, and everything is healed behind it', async () => {
    const { ask, lab, id, world } = await begun();
    lab()?.say({ kind: 'said', text: 'begins' });
    expect((await ask('GET', `/labs/runs/${id}?after=0`)).body).toMatchObject({
      run: { state: 'running' },
      heard: [{ sequence: 1, event: { kind: 'said', text: 'begins' } }],
    });
    expect(await ask('POST', '/labs/messages/runs')).toMatchObject({ status: 409, body: { reason: 'lab_running' } });
    expect(await ask('POST', '/breakage', { fault: 'kill', name: 'storage-1' })).toMatchObject({
      status: 409,
      body: { reason: 'lab_running' },
    });
    const waiting = ask('GET', `/labs/runs/${id}?after=1`);
    lab()?.say(FOUND);
    expect((await waiting).body.heard).toEqual([{ sequence: 2, event: FOUND }]);
    lab()?.end('held');
    await eventually(async () => {
      expect((await ask('GET', `/labs/runs/${id}?after=2`)).body.run).toMatchObject({ state: 'held' });
    }, 3_000);
    expect(world.done).toEqual(['make whole']);
    expect((await ask('GET', '/labs')).body).toMatchObject({
      labs: [{ name: 'messages' }],
      runs: [{ id, state: 'held' }],
    });
  });

  it('is stopped, as often as one likes', async () => {
    const { ask, id } = await begun();
    for (let times = 0; times < 2; times++) expect((await ask('DELETE', `/labs/runs/${id}`)).status).toBe(200);
    await eventually(async () => {
      expect((await ask('GET', `/labs/runs/${id}`)).body.run).toMatchObject({ state: 'stopped' });
    }, 3_000);
  });

  it('is stopped by whoever heals everything', async () => {
    const { ask, id } = await begun();
    expect((await ask('DELETE', '/breakage')).status).toBe(202);
    await eventually(async () => {
      expect((await ask('GET', `/labs/runs/${id}`)).body.run).toMatchObject({ state: 'stopped' });
    }, 3_000);
  });

  it('is not begun while something is broken', async () => {
    const { ask } = await serving();
    expect((await ask('POST', '/breakage', { fault: 'freeze', name: 'storage-1' })).status).toBe(202);
    expect(await ask('POST', '/labs/messages/runs')).toMatchObject({ status: 409, body: { reason: 'not_well' } });
    await ask('DELETE', '/breakage');
  });

  it.each([
    ['POST', '/labs/gravity/runs', {}, 404, 'lab_unknown'],
    ['POST', '/labs/messages/runs', { short: 1 }, 400, 'invalid_body'],
    ['GET', '/labs/runs/none', undefined, 404, 'run_unknown'],
    ['POST', '/breakage', { fault: 'burn', name: 'storage-1' }, 400, 'invalid_body'],
    ['POST', '/breakage', { fault: 'kill', name: 'storage-9' }, 404, 'process_unknown'],
    ['POST', '/breakage/random', { seed: 0, seconds: 10 }, 400, 'invalid_body'],
    ['PUT', '/breakage', {}, 404, 'route_unknown'],
    ['GET', '/orders/01a1ffcb-c452-727f-8b1e-000000000000/stores', undefined, 404, 'order_unknown'],
    ['GET', '/orders/none/stores', undefined, 404, 'order_unknown'],
    ['GET', `/orders/${FROZEN}/stores`, undefined, 503, 'lab_runner_unavailable'],
  ] as const)('answers %s %s %p with %d %s', async (method, path, body, status, reason) => {
    const { ask } = await serving();
    expect(await ask(method, path, body)).toMatchObject({ status, body: { reason } });
  });

  it('tells what each store holds of an order', async () => {
    const { ask } = await serving();
    expect(await ask('GET', `/orders/${KNOWN}/stores`)).toEqual({
      status: 200,
      body: { orderId: KNOWN, kafkaSays: 'It is there.' },
    });
  });

  it('reads a path word by word', () => {
    expect(match('POST /labs/*/runs', 'POST /labs/three-endings/runs')).toEqual(['three-endings']);
    expect(match('POST /labs/*/runs', 'GET /labs/three-endings/runs')).toBeUndefined();
    expect(match('GET /labs', 'GET /labs')).toEqual([]);
  });
});
