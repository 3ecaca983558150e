import { afterEach, describe, expect, it } from '@jest/globals';
import type { LoopbackServer } from '../loopback-server.ts';
import { type Audit, NotDone } from './flights.ts';
import { startAuditServer } from './server.ts';

const servers: LoopbackServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));

async function serving(audit: Audit): Promise<{ server: LoopbackServer; url: string }> {
  const server = await startAuditServer({ host: '127.0.0.1', port: 0, audit });
  servers.push(server);
  return { server, url: `http://127.0.0.1:${server.port}` };
}

const ask = async (url: string) => {
  const response = await fetch(url);
  return { status: response.status, body: (await response.json()) as object };
};

describe('the auditor over HTTP', () => {
  it('answers with the report as it is', async () => {
    const { url } = await serving(async (waitS) => JSON.stringify({ waitS }));
    expect(await ask(`${url}/audit`)).toEqual({ status: 200, body: { waitS: 10 } });
    expect(await ask(`${url}/audit?wait=0`)).toEqual({ status: 200, body: { waitS: 0 } });
    expect(await ask(`${url}/livez`)).toEqual({ status: 200, body: { status: 'alive' } });
    expect(await ask(`${url}/readyz`)).toEqual({ status: 200, body: { status: 'ready' } });
  });

  it.each([
    ['/audit?wait=31', 400, 'invalid_query'],
    ['/audit?wait=x', 400, 'invalid_query'],
    ['/audits', 404, 'route_unknown'],
    ['//audit', 404, 'route_unknown'],
  ])('refuses %s with %i', async (path, status, reason) => {
    const { url } = await serving(async () => '{}');
    expect(await ask(url + path)).toMatchObject({ status, body: { reason } });
  });

  it.each<[Error, number, string]>([
    [new NotDone(503, 'audit_not_done', 'Postgres is away.'), 503, 'audit_not_done'],
    [new NotDone(504, 'audit_too_slow', 'Too slow.'), 504, 'audit_too_slow'],
  ])('says why there is none: %s', async (error, status, reason) => {
    const { url } = await serving(async () => {
      throw error;
    });
    expect(await ask(`${url}/audit`)).toEqual({ status, body: { reason, detail: error.message } });
  });

  it('ends an audit whose asker has gone', async () => {
    const begun = Promise.withResolvers<AbortSignal>();
    const { url } = await serving((_, signal) => {
      begun.resolve(signal);
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('killed'))));
    });
    const client = new AbortController();
    const asking = fetch(`${url}/audit`, { signal: client.signal });
    const signal = await begun.promise;
    const ended = new Promise((resolve) => signal.addEventListener('abort', resolve));
    client.abort();
    await expect(asking).rejects.toThrow();
    await ended;
  });

  it('tells who waits when it stops, and stops at once', async () => {
    const begun = Promise.withResolvers<void>();
    const { server, url } = await serving((_, signal) => {
      begun.resolve();
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('killed'))));
    });
    const asking = ask(`${url}/audit`);
    await begun.promise;
    await server.stop();
    servers.splice(0);
    expect(await asking).toMatchObject({ status: 503, body: { reason: 'audit_unavailable' } });
  });
});
