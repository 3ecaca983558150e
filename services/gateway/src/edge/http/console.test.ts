import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from '../../../test/stand-ins.ts';
import { CONTENT_SECURITY_POLICY, consoleFrom } from './console.ts';
import { criticalityOf } from './routes.ts';

const PAGE = '<!doctype html><title>Seams</title><script type="module" src="/assets/main-1a2b.js"></script>';
const SCRIPT = 'document.title = "here";';

const folder = mkdtempSync(path.join(tmpdir(), 'seams-console-'));
const put = (name: string, text: string): void => {
  writeFileSync(path.join(folder, name), text);
  writeFileSync(path.join(folder, `${name}.gz`), gzipSync(text));
};
mkdirSync(path.join(folder, 'assets'));
put('index.html', PAGE);
put('assets/main-1a2b.js', SCRIPT);
put('notes.txt', 'not of the console');

let world: World;
beforeAll(async () => {
  world = await startWorld({ CONSOLE_DIR: folder });
});
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true });
});

const ask = (target: string, init: RequestInit = {}) => fetch(world.url + target, init);

describe('the console', () => {
  it('is the page at /, asked for each time, with a policy that allows nothing from elsewhere', async () => {
    const response = await ask('/');
    expect(await response.text()).toBe(PAGE);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-encoding': 'gzip',
      'cache-control': 'no-cache',
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'trace-id': expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(CONTENT_SECURITY_POLICY).not.toContain('unsafe');
  });

  it('has files whose names hold their hash, kept for ever', async () => {
    const response = await ask('/assets/main-1a2b.js', { headers: { 'accept-encoding': 'identity' } });
    expect(await response.text()).toBe(SCRIPT);
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it('is not sent again to who has it, and in the encoding that one has', async () => {
    const first = await ask('/');
    const tag = first.headers.get('etag') ?? '';
    await first.text();
    expect((await ask('/', { headers: { 'if-none-match': tag } })).status).toBe(304);
    const plain = { 'if-none-match': tag, 'accept-encoding': 'identity' };
    expect((await ask('/', { headers: plain })).status).toBe(200);
  });

  it('is compared with If-None-Match as RFC 9110 13.1.2 says: weakly, with each of a list, and * is any', async () => {
    const tag = (await ask('/')).headers.get('etag') ?? '';
    const status = async (given: string, method = 'GET') =>
      (await ask('/', { method, headers: { 'if-none-match': given } })).status;
    for (const given of [tag, `W/${tag}`, `"other", ${tag}`, `"a, b",W/"c" , W/${tag}`, '*'])
      expect([given, await status(given)]).toEqual([given, 304]);
    expect(await status(`W/${tag}`, 'HEAD')).toBe(304);
    for (const given of ['"other"', `"${tag}`, tag.slice(1, -1), tag.slice(0, -1), '"*"', 'W/"other", "x"'])
      expect([given, await status(given)]).toEqual([given, 200]);
  });

  it('answers HEAD as GET, and no other method', async () => {
    const head = await ask('/', { method: 'HEAD' });
    expect([head.status, head.headers.get('etag') !== null]).toEqual([200, true]);
    const post = await ask('/', { method: 'POST' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(await post.json()).toMatchObject({ reason: 'method_not_allowed' });
  });

  it.each([
    '/index.html',
    '/notes.txt',
    '/assets/',
    '/assets/other.js',
    '/assets/../notes.txt',
    '/v1/none',
    '/counter',
  ])('leaves %s to the API, which knows no such thing', async (target) => {
    const response = await ask(target);
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    expect(await response.json()).toMatchObject({ reason: 'route_unknown' });
  });

  it.each(['/', '/assets/main-1a2b.js'])('%s goes first when there is too much', (target) => {
    expect(criticalityOf('GET', target)).toBe('analytics');
  });

  it('does not start from a folder where it was not built', () => {
    expect(() => consoleFrom(tmpdir())).toThrow('CONSOLE_DIR: there is no index.html');
  });
});
