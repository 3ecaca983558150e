/** Who stands in front is given the processor before those behind it, as a machine or CPU requests of its own would. */
import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** A nice value; its share is nine times that of 0 (sched(7), 1.25 per step). */
const FIRST = -10;

/**
 * Linux shares the processor by session first (autogroup, sched(7)), and by nice value only inside of one. Each process here
 * is a session, and Postgres makes one for every connection: twenty of them get twenty shares, the load balancer one.
 * @returns why not, when the system does not allow it: it takes root, or CAP_SYS_NICE
 */
export function goFirst(pid: number): string | undefined {
  try {
    setPriority(pid, FIRST);
    writeFileSync(`/proc/${pid}/autogroup`, String(FIRST));
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EPERM' || code === 'EACCES') return 'this user may not raise a priority (root or CAP_SYS_NICE may)';
    // It ended at once, and whoever watches it says so; or there are no autogroups here, and the nice value does it alone.
    if (code === 'ESRCH' || code === 'ENOENT') return undefined;
    throw error;
  }
}

/** node:os hides it one level deeper than node:fs. */
function codeOf(error: unknown): string | undefined {
  const { code, info } = error as NodeJS.ErrnoException & { readonly info?: { readonly code?: string } };
  return info?.code ?? code;
}
