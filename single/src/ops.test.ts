import { afterEach, describe, expect, it } from '@jest/globals';
import { Health } from '@seams/lifecycle';
import { createLogger } from '@seams/telemetry';
import { freePorts } from '@seams/testkit';
import { type OpsOfAll, openOpsOfAll } from './ops.ts';

const log = createLogger({ service: 'test', process: 'test', logLevel: 'silent' });
const host = '127.0.0.1';
const open: OpsOfAll[] = [];
const watched: Health[] = [];
afterEach(async () => {
  for (const health of watched.splice(0)) health.drain();
  await Promise.all(open.splice(0).map((ops) => ops.close()));
});

async function world(...services: string[]) {
  const { ops: port } = await freePorts();
  const ops = openOpsOfAll({ host, port, services });
  open.push(ops);
  await ops.listen();
  const readyz = async () => {
    const response = await fetch(`http://${host}:${port}/readyz`);
    const body = (await response.json()) as { status: string; dependencies: { name: string }[] };
    return { code: response.status, ...body };
  };
  /** One that stands on `postgres`, and has seen it. */
  const start = async (service: string): Promise<Health> => {
    const health = new Health([{ name: 'postgres', check: async () => undefined }], log);
    watched.push(health);
    const own = ops.openOps(service)({ host, port, health });
    await own.listen();
    await health.watch();
    return health;
  };
  return { readyz, start };
}

describe('one ops port', () => {
  it('is ready when each service is, and says what each stands on', async () => {
    const { readyz, start } = await world('auth', 'storage');
    expect(await readyz()).toMatchObject({ code: 503, status: 'starting', dependencies: [] });
    await start('auth');
    expect((await readyz()).code).toBe(503);
    await start('storage');
    expect(await readyz()).toMatchObject({
      code: 200,
      dependencies: [{ name: 'auth: postgres' }, { name: 'storage: postgres' }],
    });
  });

  it('is not ready any more as soon as one drains', async () => {
    const { readyz, start } = await world('auth', 'storage');
    const [auth] = [await start('auth'), await start('storage')];
    auth.drain();
    expect(await readyz()).toMatchObject({ code: 503, status: 'draining' });
  });
});
