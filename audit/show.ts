/** The report as a table: a line per check, under it what was asked, and each breach with its id. */
import { correctionText } from './corrections.ts';
import type { Question } from './question.ts';
import type { AuditReport, CheckReport } from './verdict.ts';

export function tableOf(report: AuditReport): string[] {
  return [
    `${'check'.padEnd(28)}${'looked at'.padStart(11)}${'breaches'.padStart(11)}   verdict`,
    ...report.checks.flatMap((check) => [lineOf(check), ...check.questions.flatMap(linesOf)]),
    ...(report.corrections.length > 0 ? ['', 'corrected'] : []),
    ...report.corrections.map((correction) => `    ${correctionText(correction)}`),
    '',
    `${report.verdict} (${(report.ms / 1_000).toFixed(1)} s)`,
  ];
}

const lineOf = ({ number, name, lookedAt, breaches, verdict }: CheckReport): string =>
  `${`${number} ${name}`.padEnd(28)}${String(lookedAt).padStart(11)}${String(breaches).padStart(11)}   ${verdict}`;

function linesOf({ looksAt, lookedAt, note, breaches, breachesTotal, unanswered }: Question): string[] {
  const more = breachesTotal - breaches.length;
  return [
    `    ${String(lookedAt).padStart(9)} ${looksAt}${note === undefined ? '' : ` (${note})`}`,
    ...breaches.map(({ id, what }) => `              BREACH ${id}: ${what}`),
    ...(more > 0 ? [`              and ${more} more`] : []),
    ...(unanswered ? [`              COULD NOT LOOK at ${unanswered.things}: ${unanswered.why}`] : []),
  ];
}
