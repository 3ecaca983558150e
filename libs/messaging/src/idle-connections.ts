/**
 * kafkajs 2.2.4 looks for requests that wait, every millisecond and for ever, on each connection that has had one answer:
 * when nothing is throttled it sets its timer for a time that is long past (kafkajs #1751). That took 42 ms of CPU a second
 * in a consumer with nothing to consume. A request that waits is looked for when another one's answer comes, so a timer
 * is needed only while something waits or the broker throttles.
 */
import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
  /** Unix time in milliseconds; -1 is not at all. */
  readonly throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

const require = createRequire(import.meta.url);
const { prototype } = require('kafkajs/src/network/requestQueue') as { readonly prototype: RequestQueue };

let rested = false;

/** Of this process, once; kafkaOf does it. */
export function letIdleConnectionsRest(): void {
  if (rested) return;
  rested = true;
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
}
