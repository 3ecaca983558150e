import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openControl } from './system/control.ts';
import { folderOf } from './system/folder.ts';

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'seams-lab-'));
const over: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of over.splice(0).reverse()) await end();
});

/** A database that takes connections and says nothing, so that a lab waits at its first step. */
async function silentPostgres() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { server, port: (server.address() as AddressInfo).port, close };
}

/** A runner that says it is ready, and notes what it is told. */
async function runnerWith(postgresPort: number, told: string[]): Promise<void> {
  const folder = folderOf(dataDir);
  mkdirSync(path.dirname(folder.record), { recursive: true });
  mkdirSync(path.dirname(folder.controlSocket), { recursive: true });
  const none = { kind: 'infrastructure', state: 'ready', pid: 1, restarts: 0, ports: [postgresPort] };
  const processes = ['single', 'postgres'].map((name) => ({ ...none, name }));
  const status = { readyAt: 'now', url: 'http://127.0.0.1:1', tracesUrl: 'http://127.0.0.1:1', dataDir, processes };
  const control = await openControl(folder.controlSocket, {
    'GET /status': () => ({ status: 200, body: status }),
    'POST /heal': () => {
      told.push('heal');
      return { status: 200, body: { thawed: ['kafka'] } };
    },
  });
  over.push(() => rmSync(dataDir, { recursive: true, force: true }));
  over.push(() => new Promise((resolve) => control.close(resolve)));
  writeFileSync(folder.record, JSON.stringify({ runner: {}, controlSocket: folder.controlSocket, children: [] }));
}

describe('a lab that another program runs', () => {
  it('heals what it broke when that program is killed', async () => {
    const told: string[] = [];
    const { server, port, close } = await silentPostgres();
    over.push(close);
    await runnerWith(port, told);
    const lab = path.join(import.meta.dirname, 'lab.ts');
    const args = JSON.stringify([lab, 'three-endings', '--events', '--data', dataDir]);
    // What becomes of a child of a parent that is killed shows only with a parent of its own.
    const source = `const child = require('node:child_process').spawn(process.execPath, ${args}, { stdio: ['pipe', 'pipe', 'inherit'] });`;
    const parent = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'ignore', 'pipe'] });
    const stderr = parent.stderr.toArray();
    await once(server, 'connection');
    parent.kill('SIGKILL');
    await once(server, 'connection'); // it corrects after it has healed
    close();
    expect(Buffer.concat(await stderr).toString()).toContain('healed  kafka was thawed');
    expect(told).toEqual(['heal']);
  });
});
