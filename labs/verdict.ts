/** What the audit says when a lab is through: each pattern that was done without must be called out by name. */
import { audit } from '../audit/audit.ts';
import type { Breach } from '../audit/question.ts';
import type { AuditReport } from '../audit/verdict.ts';
import { auditedSystem } from '../tools/system/audited.ts';
import type { Running } from '../tools/system/running.ts';

/** How long analytics may take to count what a lab has published. */
const WAIT_MS = 15_000;

export const verdictOf = (system: Running): Promise<AuditReport> =>
  audit(auditedSystem(system), { waitMs: WAIT_MS, progress: () => undefined });

/** Breaches that a check has more than before. A system on which labs ran before is red already. */
export function newBreaches(before: AuditReport, after: AuditReport, check: string): number {
  const of = (report: AuditReport): number => report.checks.find(({ name }) => name === check)?.breaches ?? 0;
  return of(after) - of(before);
}

/** What a check found, the first few of each of its questions. */
export const breachesOf = (report: AuditReport, check: string): Breach[] =>
  report.checks.filter(({ name }) => name === check).flatMap(({ questions }) => questions.flatMap((q) => q.breaches));
