/** For the tests of the lab runner: a system on paper, whose processes do what they are told at once. */
import type { ProcessStatus, SystemStatus } from '../../system/status.ts';
import type { World } from './breakage.ts';
import type { Fault } from './sentences.ts';

export interface StandIn extends World {
  readonly done: string[];
  state(name: string): ProcessStatus['state'] | undefined;
  /** The next thing that is asked for is refused with this line. */
  refuse(why: string): void;
}

const NAMES = ['gateway-1', 'gateway-2', 'auth-1', 'business-logic-1', 'business-logic-2', 'storage-1', 'storage-2'];

export function standIn(): StandIn {
  const states = new Map<string, ProcessStatus['state']>(
    [...NAMES, 'analytics-1', 'postgres', 'kafka', 'lab-runner', 'load-balancer'].map((name) => [name, 'ready']),
  );
  const done: string[] = [];
  let refusal: string | undefined;
  const effects: Readonly<Record<Fault, (name: string) => void>> = {
    kill: (name) => states.set(name, 'waiting to restart'),
    freeze: (name) => states.set(name, 'frozen'),
    thaw: (name) => states.set(name, 'ready'),
    restart: () => undefined,
    add: (service) => states.set(`${service}-3`, 'ready'),
    remove: (name) => states.delete(name),
  };
  return {
    done,
    state: (name) => states.get(name),
    refuse: (why) => {
      refusal = why;
    },
    status: async () =>
      ({ processes: [...states].map(([name, state]) => processOf(name, state)) }) as unknown as SystemStatus,
    act: async (fault, name) => {
      const why = refusal;
      refusal = undefined;
      if (why !== undefined) throw new Error(why);
      done.push(`${fault} ${name}`);
      effects[fault](name);
    },
    makeWhole: async () => {
      done.push('make whole');
      const ill = [...states].filter(([, state]) => state !== 'ready').map(([name]) => name);
      for (const name of ill) states.set(name, 'ready');
      return ill.map((name) => `${name} was thawed`);
    },
    monotonicMs: () => performance.now(),
  };
}

const processOf = (name: string, state: ProcessStatus['state']): Partial<ProcessStatus> => ({
  name,
  state,
  kind: /-\d+$/.test(name) ? 'service' : 'infrastructure',
});
