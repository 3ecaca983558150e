import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { askControl, openControl, type Routes } from './control.ts';
import { type SystemStatus, tableOf } from './status.ts';

const routes: Routes = {
  'GET /status': () => ({ status: 200, body: { readyAt: null } }),
  'POST /processes/:name/kill': ({ name }) => ({ status: 202, body: { killed: name } }),
  'GET /broken': () => {
    throw new Error('on purpose');
  },
};

let root: string;
let socketPath: string;
let close: () => void;
beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'seams-control-'));
  socketPath = path.join(root, 'control.sock');
  const server = await openControl(socketPath, routes);
  close = () => server.close();
});
afterEach(() => {
  close();
  rmSync(root, { recursive: true, force: true });
});

describe('the control socket', () => {
  it('is for this user alone', () => {
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['GET', '/status', 200, { readyAt: null }],
    ['GET', '/status?x=1', 200, { readyAt: null }],
    ['POST', '/processes/storage-1/kill', 202, { killed: 'storage-1' }],
    ['POST', '/status', 404, { error: expect.stringContaining('POST /status is not one of: GET /status') }],
    ['GET', '/broken', 500, { error: 'on purpose' }],
  ])('%s %s is %d', async (method, url, status, body) => {
    expect(await askControl(socketPath, method, url)).toEqual({ status, body });
  });
});

describe('the table of npm run status', () => {
  it('has a line for each process and the sum over the Node ones', () => {
    const one = { kind: 'service', state: 'ready', restarts: 0, upSeconds: 7, ports: [7001, 7101], log: null } as const;
    const status: SystemStatus = {
      readyAt: '2026-11-21T10:00:00.000Z',
      url: 'http://127.0.0.1:8080',
      tracesUrl: 'http://127.0.0.1:16686',
      dataDir: '/d',
      rssNodeKb: 102_400,
      processes: [
        { ...one, name: 'auth-1', runtime: 'node', pid: 12, rssKb: 102_400 },
        { ...one, name: 'kafka', runtime: 'java', pid: null, rssKb: 0, state: 'waiting to restart', restarts: 2 },
      ],
    };
    expect(tableOf(status).split('\n')).toEqual([
      'process  state               pid   up  restarts  RSS MB  ports',
      'auth-1   ready                12  7 s         0     100  7001 7101',
      'kafka    waiting to restart    -  7 s         2       0  7001 7101',
      '',
      '1 Node processes together: 100 MB RSS; ready since 2026-11-21T10:00:00.000Z; API http://127.0.0.1:8080, traces http://127.0.0.1:16686',
    ]);
  });
});
