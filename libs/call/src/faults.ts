import { setTimeout as sleep } from 'node:timers/promises';
import { type CallContext, remainingMs } from './context.ts';
import { Failure, type FailureKind, isFailureKind } from './failure.ts';

/**
 * What a lab does to one operation. docs/faults.md has the operations and what each action means to them; for a call
 * between two services, at the caller's end:
 *
 *   delay:800      sent 800 ms later
 *   drop-request   never sent; the caller sees what a lost reply looks like
 *   drop-reply     sent and done, and its reply thrown away
 *   error:unavailable   not sent, fails with that kind
 *   duplicate      sent twice at once; the first reply counts
 *   crash          the caller's process ends as by kill -9, nothing is sent
 *
 * At the callee's end (`/server`) a dropped call is never answered, so its caller waits until its deadline.
 */
export type FaultAction =
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'drop-request' | 'drop-reply' | 'duplicate' | 'crash' }
  | { readonly kind: 'error'; readonly failure: FailureKind };

export type FaultSide = 'caller' | 'server';

export interface Fault {
  /** Callee and method, for example "storage.CommitOrder". */
  readonly operation: string;
  readonly side: FaultSide;
  readonly action: FaultAction;
  /** 0 to 1. */
  readonly probability: number;
  /** How often it may strike in one process, for one request. */
  readonly countMax: number;
}

/** The faults that one request carries, and how often each has struck in this process. */
export interface FaultPlan {
  /** As it came, for the next hop. */
  readonly text: string;
  readonly operations: readonly Pick<Fault, 'operation' | 'side'>[];
  /** The action that strikes this operation now, if any. Asking counts. */
  strike(operation: string, side?: FaultSide, random?: () => number): FaultAction | undefined;
}

const FAULTS_MAX = 16;
const DELAY_MS_MAX = 60_000;
const FAULT = /^([a-z-]+\.[A-Za-z]+)=([a-z-]+)(?::([a-z_0-9]+))?(\/server)?(?:@(0?\.\d+|1|0))?(?:\*(\d{1,4}))?$/;

/**
 * Reads `storage.CommitOrder=drop-reply*1; auth.Authenticate=delay:800@0.5`: faults separated by `;`, each with an optional
 * side (/server), probability (@) and greatest count (*).
 * @throws Failure invalid/fault_plan_malformed that names the part that cannot be read
 */
export function parseFaultPlan(text: string): FaultPlan {
  const parts = text
    .split(';')
    .map((part) => part.trim())
    .filter(Boolean);
  if (parts.length === 0 || parts.length > FAULTS_MAX) throw malformed(`1 to ${FAULTS_MAX} faults are expected`);
  const armed = parts.map((part) => ({ fault: parseFault(part), struck: 0 }));
  return {
    text,
    operations: armed.map(({ fault: { operation, side } }) => ({ operation, side })),
    strike: (operation, side = 'caller', random = Math.random) => {
      const hit = armed.find(
        ({ fault, struck }) =>
          fault.operation === operation &&
          fault.side === side &&
          struck < fault.countMax &&
          (fault.probability === 1 || random() < fault.probability),
      );
      if (!hit) return undefined;
      hit.struck++;
      return hit.fault.action;
    },
  };
}

function parseFault(part: string): Fault {
  const [, operation = '', name = '', argument, server, probability = '1', count] = FAULT.exec(part) ?? [];
  const action = actionOf(name, argument);
  if (!operation || !action) throw malformed(`"${part.slice(0, 80)}" is no fault`);
  return {
    operation,
    side: server ? 'server' : 'caller',
    action,
    probability: Number(probability),
    countMax: count ? Number(count) : Number.POSITIVE_INFINITY,
  };
}

function actionOf(name: string, argument: string | undefined): FaultAction | undefined {
  if (name === 'drop-request' || name === 'drop-reply' || name === 'duplicate' || name === 'crash')
    return argument ? undefined : { kind: name };
  if (name === 'error') return argument && isFailureKind(argument) ? { kind: 'error', failure: argument } : undefined;
  const ms = Number(argument);
  return name === 'delay' && Number.isInteger(ms) && ms > 0 && ms <= DELAY_MS_MAX ? { kind: 'delay', ms } : undefined;
}

/** An action as the plan writes it, for the span that it struck. */
export function actionText(action: FaultAction): string {
  if (action.kind === 'delay') return `delay:${action.ms}`;
  return action.kind === 'error' ? `error:${action.failure}` : action.kind;
}

/**
 * Holds a request up, but not beyond its deadline.
 * @throws Failure timed_out/deadline_passed, or cancelled/caller_gone
 */
export async function pause(ctx: CallContext, ms: number): Promise<void> {
  const over = Math.min(ms, remainingMs(ctx));
  await sleep(over, undefined, { signal: ctx.signal }).catch(() => {
    throw new Failure('cancelled', 'caller_gone', 'The caller went away.');
  });
  if (over < ms) throw new Failure('timed_out', 'deadline_passed', 'No answer came before the deadline.');
}

/** The end of this process as by kill -9: nothing is flushed, nobody is told. Never resolves. */
export function crash(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

const malformed = (why: string): Failure => new Failure('invalid', 'fault_plan_malformed', `Seams-Fault: ${why}.`);
