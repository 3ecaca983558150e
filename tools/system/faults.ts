/**
 * Breaks a running system from outside, through its runner's control socket: for `npm run break`, labs and tests.
 * Each throws an Error with one line for people: nothing runs, no such process, or why it cannot be done now.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reply } from './control.ts';
import { askRunner, askStatus } from './running.ts';

/** By its data folder, as npm start's --data. */
export interface Target {
  readonly dataDir: string;
}

// A drain may take 12 s and Kafka's orderly stop 20; a start on a busy machine takes its time too.
const DONE_MS_MAX = 70_000;

let breaksNoMore = false;

/** From here on nothing new is broken, only healed: a program that ends heals while its work still runs. */
export function breakNoMore(): void {
  breaksNoMore = true;
}
const refuseWhenEnding = (): void => {
  if (breaksNoMore) throw new Error('nothing is broken any more: this program is ending');
};
const POLL_MS = 50;

/** SIGKILL for all of it. The runner starts it again after its back-off. */
export const kill = (system: Target, name: string): Promise<void> => breaking(system, name, 'kill');
/** SIGSTOP for all of it, until it is thawed. */
export const freeze = (system: Target, name: string): Promise<void> => breaking(system, name, 'freeze');
export const thaw = (system: Target, name: string): Promise<void> => toProcess(system, name, 'thaw');
/** Resolves when it was stopped in order and is being started again. */
export const restart = (system: Target, name: string): Promise<void> => breaking(system, name, 'restart');

/** Resolves with the new replica's name when it is ready and its callers' list names it. */
export async function addReplica(system: Target, service: string): Promise<string> {
  const body = await ask(system, 'POST', `/services/${encodeURIComponent(service)}/replicas`);
  return String(body.process);
}

/** Resolves when it has ended, after it was taken off its callers' list and has finished what it had. */
export async function removeReplica(system: Target, name: string): Promise<void> {
  await ask(system, 'DELETE', `/processes/${encodeURIComponent(name)}`);
}

/** Thaws everything and resolves when every process says that it is ready, with those that it thawed. */
export async function heal(system: Target): Promise<string[]> {
  return ((await ask(system, 'POST', '/heal')).thawed as string[] | undefined) ?? [];
}

/** Resolves with the milliseconds that it took. */
export async function untilReady(system: Target, name: string, msMax: number): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const { processes } = await askStatus(system.dataDir);
    const found = processes.find((one) => one.name === name);
    if (!found) throw new Error(`there is no process "${name}"`);
    if (found.state === 'ready') return Math.round(performance.now() - startedAt);
    if (performance.now() - startedAt > msMax)
      throw new Error(`${name} is not ready after ${msMax / 1_000} s: it is ${found.state}; its log is ${found.log}`);
    await sleep(POLL_MS);
  }
}

async function breaking(system: Target, name: string, fault: string): Promise<void> {
  refuseWhenEnding();
  await toProcess(system, name, fault);
}

async function toProcess(system: Target, name: string, fault: string): Promise<void> {
  await ask(system, 'POST', `/processes/${encodeURIComponent(name)}/${fault}`);
}

async function ask({ dataDir }: Target, method: string, path: string): Promise<Readonly<Record<string, unknown>>> {
  const { status, body }: Reply = await askRunner(dataDir, method, path, DONE_MS_MAX);
  const answer = body as Readonly<Record<string, unknown>>;
  if (status >= 300) throw new Error(String(answer.error ?? `the runner answers ${status} to ${method} ${path}`));
  return answer;
}
