/** What can be broken, and in a plain sentence what will happen: what the page shows before its buttons. */
import { type Arrow, arrows } from '../../../topology.ts';
import type { ProcessStatus, SystemStatus } from '../../system/status.ts';

export const PROCESS_FAULTS = ['kill', 'freeze', 'thaw', 'restart', 'remove'] as const;
export type ProcessFault = (typeof PROCESS_FAULTS)[number];
export type Fault = ProcessFault | 'add';

export interface Target {
  readonly process: string;
  /** The service or the part of the infrastructure that it is one of. */
  readonly part: string;
  readonly state: ProcessStatus['state'];
  readonly faults: readonly { readonly fault: ProcessFault; readonly sentence: string }[];
}

export interface Growable {
  readonly service: string;
  readonly replicas: number;
  readonly sentence: string;
}

/** What is so while all of a part is away, where topology.ts has no arrow to it that says so. */
const WHEN_AWAY: Readonly<Record<string, string>> = {
  postgres: 'nobody can order until it is back, and what was committed is there then',
  kafka: 'orders go on, and their events wait in the outbox',
  traces: 'requests go on, and nobody keeps their traces',
  auditor: 'nobody is told whether anything was lost',
  watcher: 'the floor stands still',
  'load-balancer': 'nobody reaches the system, and this page does not either',
};

/** Broken from here it could not be healed from here. */
const NEVER = new Set(['runner', 'lab-runner']);

export const partOf = ({ name, kind }: Pick<ProcessStatus, 'name' | 'kind'>): string =>
  kind === 'service' ? name.replace(/-\d+$/, '') : name;

export function targetsOf({ processes }: SystemStatus, freezeS: number): Target[] {
  const known = processes.filter(({ name }) => !NEVER.has(name));
  return known.map((one) => {
    const part = partOf(one);
    const others = known.filter((other) => other.name !== one.name && partOf(other) === part).length;
    const faults = faultsOf(one, others).map((fault) => ({ fault, sentence: sentenceOf(fault, one, others, freezeS) }));
    return { process: one.name, part, state: one.state, faults };
  });
}

export function growablesOf({ processes }: SystemStatus): Growable[] {
  const parts = processes.filter(({ kind, name }) => kind === 'service' && /-\d+$/.test(name)).map(partOf);
  return [...new Set(parts)].map((service) => ({
    service,
    replicas: parts.filter((part) => part === service).length,
    sentence: `One more replica of ${service} is started; its callers use it as soon as it is ready, and nobody is restarted.`,
  }));
}

function faultsOf({ state, kind, name }: ProcessStatus, others: number): ProcessFault[] {
  if (state === 'frozen') return ['thaw', 'kill'];
  if (state !== 'ready') return [];
  const isReplica = kind === 'service' && /-\d+$/.test(name);
  return ['kill', 'freeze', 'restart', ...(isReplica && others > 0 ? (['remove'] as const) : [])];
}

function sentenceOf(fault: ProcessFault, one: ProcessStatus, others: number, freezeS: number): string {
  const { name } = one;
  const meanwhile = `Meanwhile ${meanwhileOf(partOf(one), others)}.`;
  switch (fault) {
    case 'kill':
      return `${name} ends at once with all that it had in hand (kill -9), and is started again after half a second. ${meanwhile}`;
    case 'freeze':
      return `${name} keeps its ports and its connections and answers nobody, for ${freezeS} s: whoever waits for it has to give up by itself. ${meanwhile}`;
    case 'thaw':
      return `${name} goes on where it stood, with answers that nobody waits for any longer.`;
    case 'restart':
      return others > 0
        ? `${name} leaves its callers' list, ends what it has begun, and starts again: nobody should notice. ${meanwhile}`
        : `${name} ends what it has begun and starts again, and there is no other one. ${meanwhile}`;
    case 'remove':
      return `${name} leaves its callers' list, ends what it has begun, and is gone until everything is healed. ${meanwhile}`;
  }
}

function meanwhileOf(part: string, others: number): string {
  if (others > 0) return others === 1 ? `the other replica of ${part} goes on` : `${others} replicas of ${part} go on`;
  const arrow = (arrows as readonly Arrow[]).find(({ to }) => to === part);
  return arrow?.onFailure ?? WHEN_AWAY[part] ?? `there is no ${part}`;
}
