import { Failure } from '@seams/call';
import type { Principal } from '@seams/contracts';

/**
 * Decided here, for nobody behind these routes could: the auditor, the watcher, the lab runner and the trace store know the
 * system, not its users.
 * @param what "see how requests went"
 * @throws Failure forbidden/operators_only
 */
export function demandOperator({ roles }: Principal, what: string): void {
  if (!roles.includes('operator')) throw new Failure('forbidden', 'operators_only', `Only an operator may ${what}.`);
}
