/** Stops groups of processes one after another, and the rest at once when that takes too long. */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Above the deadline of an order (2 s): what is still under way after it is a report, or a client that does not read, and waits of that
 * kind in each group would add up. With a drain of 10 s and 2 s for its end all of it is over in 15 s.
 */
const IN_ORDER_MS_MAX = 2_500;

interface Stoppable {
  stop(): Promise<void>;
}

/** @param late resolves when the groups that are left no longer wait for each other */
export async function stopInOrder(
  groups: readonly (readonly Stoppable[])[],
  late: Promise<unknown> = sleep(IN_ORDER_MS_MAX, undefined, { ref: false }),
): Promise<void> {
  const stops: Promise<unknown>[] = [];
  for (const group of groups) {
    const stop = Promise.all(group.map((each) => each.stop()));
    stops.push(stop);
    await Promise.race([stop, late]);
  }
  await Promise.all(stops);
}
