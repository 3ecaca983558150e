/** What can be counted while a load runs. */
import type { JournalOutcome } from '../audit/journal.ts';
import type { Edge, FaultRule, Struck } from './faults.ts';

export class Tally {
  readonly planned: number;
  /** Orders. */
  sent = 0;
  requests = 0;
  /** Those that could carry one: not of the baseline, not sent to resolve what is open. */
  requestsWithFaults = 0;
  /** First requests that had to wait because too many were in flight. */
  heldBack = 0;
  done = 0;
  refused = 0;
  notDone = 0;
  /** Now: those that are being resolved, and those that were given up. */
  unknown = 0;
  lastSentAt = 0;
  /** Requests that carried a fault, by its rule and edge. */
  readonly asked = new Map<FaultRule, Map<Edge, number>>();

  constructor(planned: number) {
    this.planned = planned;
  }

  sending(isFirst: boolean, waited: boolean, struck: Pick<Struck, 'hits' | 'drawn'>): void {
    this.requests++;
    if (struck.drawn) this.requestsWithFaults++;
    for (const { rule, edge } of struck.hits) {
      const byEdge = this.asked.get(rule) ?? new Map<Edge, number>();
      this.asked.set(rule, byEdge.set(edge, (byEdge.get(edge) ?? 0) + 1));
    }
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
