import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Failure } from '@seams/call';
import { answers, TOKEN } from '../../../test/answers.ts';
import { eventually, startWorld, type World } from '../../../test/stand-ins.ts';
import { claimsAt, forgeries, signed } from '../../../test/tokens.ts';

let world: World;
beforeAll(async () => {
  world = await withKeys();
});
afterAll(() => world.stop());

/** Once it has fetched the keys of auth. */
async function withKeys(): Promise<World> {
  const started = await startWorld();
  // Ready needs the keys. Asked until it judges by them, auth would be cut so often that its breaker opens.
  await eventually(() => started.logged().includes('"msg":"ready"'), 'a gateway with the keys of auth');
  return started;
}

const nowS = (): number => Math.floor(Date.now() / 1_000);
const get = (path: string, token?: string, { url } = world): Promise<Response> =>
  fetch(`${url}${path}`, token ? { headers: { Authorization: `Bearer ${token}` } } : {});
const cut = (method: string, at = world): void =>
  at.next(method, async () => {
    throw new Failure('unavailable', 'some_reason');
  });

describe('without auth', () => {
  it('a good token is taken at its word, and the answer, the span and the log say so', async () => {
    cut('Authenticate');
    const response = await get('/v1/wallet', await signed(claimsAt(nowS())));
    expect(response.status).toBe(200);
    expect(response.headers.get('seams-degraded')).toMatch(/^auth=local-keys;age=\d+$/);
    expect(world.requests.at(-1)).toMatchObject({ principal: { roles: ['customer'], cafeIds: [] } });
    expect(world.logged()).toMatch(/"degraded":"auth=local-keys;age=\d+"/);
    await eventually(() => JSON.stringify(world.spans()).includes('"auth=local-keys;age='), 'the span');
  });

  it('a token whose key nobody here knows is not judged', async () => {
    cut('Authenticate');
    const response = await get('/v1/wallet', await signed(claimsAt(nowS()), { kid: 'A'.repeat(43) }));
    expect(response.status).toBe(503);
    expect(response.headers.get('seams-degraded')).toBeNull();
  });

  it('no forged token passes', async () => {
    // Another one, for its breaker opens on the way.
    const other = await withKeys();
    for (const [what, token] of await forgeries(nowS())) {
      cut('Authenticate', other);
      const { status } = await get('/v1/wallet', token, other);
      expect(`${what}: ${status}`).toBe(`${what}: 401`);
    }
    await other.stop();
  });

  it('a problem says so too', async () => {
    cut('Authenticate');
    cut('GetWallet');
    const response = await get('/v1/wallet', await signed(claimsAt(nowS())));
    expect(response.status).toBe(503);
    expect(response.headers.get('seams-degraded')).toMatch(/^auth=local-keys/);
  });

  it('a refusal by auth stays one', async () => {
    world.next('Authenticate', async () => {
      throw new Failure('anonymous', 'identity_disabled');
    });
    expect((await get('/v1/wallet', await signed(claimsAt(nowS())))).status).toBe(401);
  });

  it('a client who gives auth no time does not get around it', async () => {
    world.next('Authenticate', () => new Promise(() => {}));
    const headers = { Authorization: `Bearer ${await signed(claimsAt(nowS()))}`, 'Request-Timeout-Ms': '400' };
    const response = await fetch(`${world.url}/v1/wallet`, { headers });
    expect(response.status).toBe(504);
    expect(response.headers.get('seams-degraded')).toBeNull();
  });
});

describe('an answer', () => {
  it('with an old menu says so', async () => {
    const menu = await answers.menus.GetMenu();
    world.next('GetMenu', async () => ({ ...menu, staleMs: 12_345 }));
    expect((await get('/v1/cafes/harbour/menu')).headers.get('seams-degraded')).toBe('menu=stale;age=12');
    expect((await get('/v1/cafes/harbour/menu')).headers.get('seams-degraded')).toBeNull();
  });

  it('with an old report says so, beside what else it says', async () => {
    const fresh = await get('/v1/analytics/cafes/harbour', TOKEN);
    expect(fresh.headers.get('seams-degraded')).toBeNull();
    cut('GetCafeReport');
    cut('Authenticate');
    const token = await signed(claimsAt(nowS()));
    const old = await get('/v1/analytics/cafes/harbour', token);
    expect(old.headers.get('seams-degraded')).toMatch(/^auth=local-keys;age=\d+, report=stale;age=\d+$/);
    expect(await old.json()).toEqual(await fresh.json());
    cut('GetCafeReport');
    const otherMinutes = `from=${new Date(Date.now() - 600_000).toISOString()}`;
    expect((await get(`/v1/analytics/cafes/harbour?${otherMinutes}`, TOKEN)).status).toBe(503);
  });
});
