/**
 * Reads from the API server through one `kubectl proxy` on a socket that only this user can open. A kubectl of its own for
 * each look took a fifth of a second of CPU: two looks a second were half a core, taken from what was to be shown.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';

const START_MS_MAX = 15_000;
const ANSWER_MS_MAX = 20_000;

export interface Api {
  /** @throws Error with what the API server says */
  get<T>(path: string): Promise<T>;
  close(): void;
}

export async function openApi(kubectl: readonly string[], env: Readonly<Record<string, string>>): Promise<Api> {
  const folder = mkdtempSync(path.join(tmpdir(), 'seams-kube-'));
  const socketPath = path.join(folder, 'api');
  const [command = '', ...first] = kubectl;
  const child = spawn(command, [...first, 'proxy', `--unix-socket=${socketPath}`], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const close = (): void => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', close);
  await serving(child);
  // It must not keep a program alive that has done its work.
  child.unref();
  for (const stream of [child.stdout, child.stderr]) {
    stream.resume();
    (stream as unknown as { unref(): void }).unref();
  }
  return {
    get: <T>(from: string) => get<T>(socketPath, from),
    close: () => {
      process.removeListener('exit', close);
      close();
    },
  };
}

async function serving(child: ChildProcess): Promise<void> {
  const said: string[] = [];
  child.stderr?.on('data', (part: Buffer) => said.push(part.toString()));
  const started = once(child.stdout ?? child, 'data');
  const ended = once(child, 'close').then(() => {
    throw new Error(`kubectl proxy ended: ${said.join('').trim()}`);
  });
  const late = AbortSignal.timeout(START_MS_MAX);
  const tooLate = once(late, 'abort').then(() => {
    throw new Error(`kubectl proxy does not serve after ${START_MS_MAX / 1_000} s`);
  });
  tooLate.catch(() => {}); // nobody waits for it any more once it serves
  ended.catch(() => {});
  await Promise.race([started, ended, tooLate]);
}

function get<T>(socketPath: string, from: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path: from, signal: AbortSignal.timeout(ANSWER_MS_MAX) }, (response) => {
      text(response).then((body) => {
        if (response.statusCode === 200) resolve(JSON.parse(body) as T);
        else reject(new Error(`the API server answers ${response.statusCode} to ${from}: ${body.slice(0, 300)}`));
      }, reject);
    });
    asked.once('error', reject);
    asked.end();
  });
}
