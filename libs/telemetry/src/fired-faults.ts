import { actionText, type FaultAction, type FaultSide } from '@seams/call';
import type { Logger } from './logger.ts';
import { measure } from './metrics.ts';
import { annotate } from './span.ts';

export interface FiredFaults {
  readonly labels: { readonly operation: string; readonly action: string; readonly side: FaultSide };
  readonly value: number;
}

const counts = new Map<string, FiredFaults>();
let log: Logger | undefined;

/**
 * Records an injected fault at the moment it fires: in a counter, a log line and the active span. The counter answers
 * "did it ever fire?" when no trace is sampled. The line is written at once, so it outlasts a crash.
 */
export function faultFired(operation: string, action: FaultAction, side: FaultSide = 'caller'): void {
  const text = actionText(action);
  const suffix = side === 'server' ? '/server' : '';
  annotate({ 'fault.operation': operation, 'fault.action': `${text}${suffix}` });
  count(operation, action, side);
  log?.info({ operation, action: `${text}${suffix}` }, FAULT_FIRED);
}

/** The message of the log line; operation and action are its fields. */
export const FAULT_FIRED = 'fault fired';

function count(operation: string, action: FaultAction, side: FaultSide): void {
  // Without its milliseconds: a client chooses them, and each label value is a time series for good.
  const name = action.kind === 'delay' ? 'delay' : actionText(action);
  const key = `${operation} ${name} ${side}`;
  counts.set(key, { labels: { operation, action: name, side }, value: (counts.get(key)?.value ?? 0) + 1 });
}

/** How often each fault fired in this process. */
export const firedFaults = (): readonly FiredFaults[] => [...counts.values()];

/** What every process says about the faults that fired in it. */
export function measureFaults(processLog: Logger): void {
  // Whatever LOG_LEVEL says: a missing line means that a fault never fired.
  log = processLog.level === 'silent' ? processLog : processLog.child({}, { level: 'info' });
  const description = 'Injected by a fault plan (Seams-Fault).';
  measure({ seams_faults_fired: { kind: 'counter', unit: '{fault}', description } }, () => ({
    seams_faults_fired: firedFaults(),
  }));
}
