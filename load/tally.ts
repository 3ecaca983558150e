/** What can be counted while a load runs. */
import type { JournalOutcome } from '../audit/journal.ts';

export class Tally {
  readonly planned: number;
  /** Orders. */
  sent = 0;
  requests = 0;
  /** First requests that had to wait because too many were in flight. */
  heldBack = 0;
  done = 0;
  refused = 0;
  notDone = 0;
  /** Now: those that are being resolved, and those that were given up. */
  unknown = 0;
  lastSentAt = 0;
  readonly struck = new Map<string, number>();

  constructor(planned: number) {
    this.planned = planned;
  }

  sending(isFirst: boolean, waited: boolean, struck: readonly string[]): void {
    this.requests++;
    for (const name of struck) this.struck.set(name, (this.struck.get(name) ?? 0) + 1);
    if (!isFirst) return;
    this.sent++;
    this.lastSentAt = performance.now();
    if (waited) this.heldBack++;
  }

  becameUnknown(): void {
    this.unknown++;
  }

  ended(outcome: JournalOutcome, { wasUnknown }: { readonly wasUnknown: boolean }): void {
    if (wasUnknown) this.unknown--;
    if (outcome === 'ok') this.done++;
    else if (outcome === 'refused') this.refused++;
    else if (outcome === 'not_done') this.notDone++;
    else this.unknown++;
  }

  /** Sent and not ended. */
  get open(): number {
    return this.sent - this.done - this.refused - this.notDone;
  }
}
