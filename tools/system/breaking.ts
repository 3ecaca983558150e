/** The runner's side of `npm run break`: which faults its control socket takes, and what it answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '../../topology.ts';
import type { Reply, Routes } from './control.ts';
import { askReadiness } from './readiness.ts';
import { NotNow, type Supervised } from './supervised.ts';

/** What the runner lets be broken. What has a name resolves when it is done, and throws NotNow when it cannot be. */
export interface Breakable {
  readonly ready: boolean;
  readonly processes: readonly Supervised[];
  readonly services: readonly ServiceName[];
  add(service: ServiceName): Promise<string>;
  remove(name: string): Promise<void>;
  restart(one: Supervised): Promise<void>;
}

const HEAL_MS_MAX = 60_000;
const POLL_MS = 100;

export function faultRoutes(system: Breakable): Routes {
  const toProcess =
    (done: string, act: (one: Supervised) => Promise<void> | void) =>
    ({ name = '' }: Readonly<Record<string, string>>): Promise<Reply> =>
      answered(system, async () => {
        const one = system.processes.find(({ part }) => part.name === name);
        if (!one) return notFound(`there is no process "${name}"`, namesOf(system));
        const pid = one.pid ?? null;
        await act(one);
        return { status: 202, body: { process: name, done, pid, state: one.state } };
      });
  return {
    'POST /processes/:name/kill': toProcess('killed', (one) => one.kill()),
    'POST /processes/:name/freeze': toProcess('frozen', (one) => one.freeze()),
    'POST /processes/:name/thaw': toProcess('thawed', (one) => one.thaw()),
    'POST /processes/:name/restart': toProcess('restarted', (one) => system.restart(one)),
    'DELETE /processes/:name': ({ name = '' }) =>
      answered(system, async () => {
        if (!namesOf(system).includes(name)) return notFound(`there is no process "${name}"`, namesOf(system));
        await system.remove(name);
        return { status: 200, body: { process: name, done: 'removed' } };
      }),
    'POST /services/:service/replicas': ({ service = '' }) =>
      answered(system, async () => {
        const known = system.services.find((each) => each === service);
        if (system.services.length === 0)
          throw new NotNow('all services are one process here, which cannot have replicas');
        if (!known) return notFound(`"${service}" is no service and cannot have replicas`, system.services);
        return { status: 201, body: { process: await system.add(known), done: 'added' } };
      }),
    'POST /heal': () => answered(system, () => heal(system)),
  };
}

const namesOf = ({ processes }: Breakable): string[] => processes.map(({ part }) => part.name);

const notFound = (what: string, names: readonly string[]): Reply => ({
  status: 404,
  body: { error: `${what}; there are: ${names.join(', ')}` },
});

async function answered({ ready }: Breakable, act: () => Promise<Reply>): Promise<Reply> {
  if (!ready) return { status: 409, body: { error: 'the system is still starting, or stopping' } };
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof NotNow)) throw error;
    return { status: 409, body: { error: error.message } };
  }
}

/** Thaws what is frozen and waits until every process says that it is ready: the end of every fault but a removal. */
async function heal(system: Breakable): Promise<Reply> {
  const startedAt = performance.now();
  const frozen = system.processes.filter(({ state }) => state === 'frozen');
  for (const one of frozen) one.thaw();
  const thawed = frozen.map(({ part }) => part.name);
  for (;;) {
    const waiting = await notReady(system.processes);
    const ms = Math.round(performance.now() - startedAt);
    if (waiting.length === 0) return { status: 200, body: { done: 'healed', thawed, ms } };
    if (ms > HEAL_MS_MAX) {
      const error = `not ready after ${HEAL_MS_MAX / 1_000} s: ${waiting.join('; ')}`;
      return { status: 504, body: { error, thawed, ms } };
    }
    await sleep(POLL_MS);
  }
}

/** Asked anew: a process that was ready before its database went away still stands as ready in the table. */
async function notReady(processes: readonly Supervised[]): Promise<string[]> {
  const answers = await Promise.all(
    processes.map(async ({ part, state }) => {
      if (state !== 'ready') return `${part.name} is ${state}`;
      const { ready, said } = part.readyUrl ? await askReadiness(part.readyUrl) : { ready: true, said: '' };
      return ready ? '' : `${part.name} says ${said}`;
    }),
  );
  return answers.filter((answer) => answer !== '');
}
