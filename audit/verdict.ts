/**
 * The report of one audit: a verdict per check and one over all. Nothing looked at is a failure, not a pass. What the system did
 * not answer is neither: the audit could not look, and says so.
 */
import type { Correction } from './corrections.ts';
import type { Question } from './question.ts';

export interface CheckReport {
  readonly number: number;
  readonly name: string;
  readonly verdict: 'clean' | 'breach' | 'could not look' | 'nothing to look at';
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
  const isUnanswered = questions.some(({ unanswered }) => unanswered !== undefined);
  const otherwise = lookedAt === 0 ? 'nothing to look at' : 'clean';
  const verdict = breaches > 0 ? 'breach' : isUnanswered ? 'could not look' : otherwise;
  return { number, name, verdict, lookedAt, breaches, questions };
}

/** 1 is the system's fault, or nothing to judge it by; 2 says that the audit could not look, so it is to be asked again. */
export function exitCodeOf({ clean, checks }: Pick<AuditReport, 'clean' | 'checks'>): 0 | 1 | 2 {
  if (clean) return 0;
  return checks.every(({ verdict }) => verdict === 'clean' || verdict === 'could not look') ? COULD_NOT_LOOK : 1;
}

export const COULD_NOT_LOOK = 2;

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
    ...unanswered(checks),
  ].reduce((line, part, index) => `${line}${index === 0 ? ' ' : '; '}${part}`, 'audit:');
}

/** Beside a breach too: what was not looked at may hold more. */
function unanswered(checks: readonly CheckReport[]): string[] {
  const unlooked = checks.filter(({ questions }) => questions.some((question) => question.unanswered));
  const [why] = unlooked.flatMap(({ questions }) => questions.flatMap((question) => question.unanswered?.why ?? []));
  if (why === undefined) return [];
  return [`could not look for ${unlooked.map(({ number, name }) => `${number} ${name}`).join(', ')}: ${why}`];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
