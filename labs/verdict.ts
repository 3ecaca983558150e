/** What the audit says when a lab is through: each pattern that was done without must be called out by name. */
import { audit } from '../audit/audit.ts';
import { WAITING_MS_MAX } from '../audit/outbox-is-complete.ts';
import type { Breach } from '../audit/question.ts';
import type { AuditReport } from '../audit/verdict.ts';
import { auditedSystem } from '../tools/system/audited.ts';
import type { Running } from '../tools/system/running.ts';

/** How long an event may take to be published and counted: 10 s in the outbox (audit/outbox-is-complete.ts), and 5 s from there. */
export const COUNTED_MS_MAX = WAITING_MS_MAX + 5_000;

export const verdictOf = (system: Running): Promise<AuditReport> =>
  audit(auditedSystem(system), { waitMs: COUNTED_MS_MAX, progress: () => undefined });

/** Checks that got no answer in these audits: what they count is no proof. Undefined when each could look. */
export function unansweredIn(...reports: readonly AuditReport[]): string | undefined {
  const silent = reports.flatMap(({ checks }) => checks.filter(({ verdict }) => verdict === 'could not look'));
  const names = [...new Set(silent.map(({ name }) => name))];
  return names.length === 0 ? undefined : `the audit got no answer for ${names.join(', ')}`;
}

/** Breaches that a check has more than before. A system on which labs ran before is red already. */
export function newBreaches(before: AuditReport, after: AuditReport, check: string): number {
  const of = (report: AuditReport): number => {
    const found = report.checks.find(({ name }) => name === check);
    if (!found) throw new Error(`the audit has no check "${check}"`);
    return found.breaches;
  };
  return of(after) - of(before);
}

/** What a check found, the first few of each of its questions. */
export const breachesOf = (report: AuditReport, check: string): Breach[] =>
  report.checks.filter(({ name }) => name === check).flatMap(({ questions }) => questions.flatMap((q) => q.breaches));
