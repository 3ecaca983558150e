/** The report of one audit: a verdict per check and one over all. Nothing looked at is a failure, not a pass. */
import type { Correction } from './corrections.ts';
import type { Question } from './question.ts';

export interface CheckReport {
  readonly number: number;
  readonly name: string;
  readonly verdict: 'clean' | 'breach' | 'nothing to look at';
  readonly lookedAt: number;
  readonly breaches: number;
  readonly questions: readonly Question[];
}

export interface AuditReport {
  /** The line for people. */
  readonly verdict: string;
  readonly clean: boolean;
  readonly lookedAt: number;
  readonly breaches: number;
  readonly checks: readonly CheckReport[];
  /** What was broken once and put right since, each checked as well. */
  readonly corrections: readonly Correction[];
  readonly at: string;
  readonly ms: number;
}

type Asked = readonly [name: string, questions: readonly Question[]];

export function reportOf(
  { startedAt, ms }: { readonly startedAt: number; readonly ms: number },
  asked: readonly Asked[],
  corrections: readonly Correction[] = [],
): AuditReport {
  const checks = asked.map(([name, questions], index) => checkOf(index + 1, name, questions));
  const lookedAt = sum(checks.map((check) => check.lookedAt));
  const breaches = sum(checks.map((check) => check.breaches));
  const clean = checks.every(({ verdict }) => verdict === 'clean');
  return {
    verdict: clean
      ? `audit: clean, ${lookedAt} things looked at by ${checks.length} checks${correctedText(corrections)}`
      : refusal(checks, breaches),
    clean,
    lookedAt,
    breaches,
    checks,
    corrections,
    at: new Date(startedAt).toISOString(),
    ms,
  };
}

function checkOf(number: number, name: string, questions: readonly Question[]): CheckReport {
  const lookedAt = sum(questions.map((question) => question.lookedAt));
  const breaches = sum(questions.map((question) => question.breachesTotal));
  const verdict = breaches > 0 ? 'breach' : lookedAt === 0 ? 'nothing to look at' : 'clean';
  return { number, name, verdict, lookedAt, breaches, questions };
}

function correctedText(corrections: readonly Correction[]): string {
  const corrected = sum(corrections.map(({ count }) => count));
  return corrected === 0 ? '' : `, ${corrected} corrected`;
}

function refusal(checks: readonly CheckReport[], breaches: number): string {
  const named = (verdict: CheckReport['verdict']): string =>
    checks
      .filter((check) => check.verdict === verdict)
      .map(({ number, name }) => `${number} ${name}`)
      .join(', ');
  const empty = named('nothing to look at');
  return [
    ...(breaches > 0 ? [`${breaches} ${breaches === 1 ? 'breach' : 'breaches'} in ${named('breach')}`] : []),
    ...(empty === '' ? [] : [`nothing to look at for ${empty}`]),
  ].reduce((line, part, index) => `${line}${index === 0 ? ' ' : '; '}${part}`, 'audit:');
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
