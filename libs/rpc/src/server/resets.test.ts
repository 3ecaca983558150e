import { expect, it } from '@jest/globals';
import { menuStoreService } from '@seams/contracts';
import { createLogger } from '@seams/telemetry';
import { endingOf } from '@seams/testkit';
import { callerOf, createRpcServer, implement, openChannel } from '../index.ts';

const log = createLogger({ service: 'test', process: 'test', logLevel: 'silent' });
/** Node's http2 server closes a connection by default after 1,000 resets at once. */
const IMPATIENT = 1_500;

it('a call that is given up costs only itself, however many are', async () => {
  const go = Promise.withResolvers<void>();
  let served = 0;
  const server = createRpcServer({
    callee: 'storage',
    host: '127.0.0.1',
    port: 0,
    log,
    requestMsMax: 60_000,
    implementations: [
      implement(menuStoreService, {
        ReadCafes: async ({ signal }) => {
          served += 1;
          await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
          return { cafes: [] };
        },
        ReadMenu: async () => {
          await go.promise;
          return { menu: null };
        },
      }),
    ],
  });
  const channel = openChannel('storage', `ipv4:127.0.0.1:${await server.listen()}`, log);
  const { ReadCafes, ReadMenu } = callerOf(menuStoreService, channel);
  const deadlineAt = Date.now() + 60_000;
  const patient = endingOf(ReadMenu({ deadlineAt, signal: new AbortController().signal }, { cafeId: 'x' }));

  const impatient = Array.from({ length: IMPATIENT }, () => {
    const caller = new AbortController();
    return { caller, ended: endingOf(ReadCafes({ deadlineAt, signal: caller.signal }, {})) };
  });
  while (served < IMPATIENT) await new Promise((resolve) => setImmediate(resolve));
  for (const { caller } of impatient) caller.abort();
  const endings = new Set(await Promise.all(impatient.map(({ ended }) => ended)));
  expect([...endings]).toEqual(['cancelled/caller_gone']);

  // Its answer comes back on the connection that carried all of those resets.
  go.resolve();
  expect(await patient).toBe('ok');
  channel.close();
  await server.drain(1_000);
});
