/** The score of a mutation report: how many of the mutants that could be killed were. */
import { SCORE_MIN } from './parts.ts';

/** As much as is counted of Stryker's report (mutation-testing-report-schema). */
export interface MutationReport {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>;
}

export interface Score {
  readonly part: string;
  readonly killed: number;
  readonly mutants: number;
}

/** A mutant that ends in an endless loop is noticed as well. What is ignored, or does not compile, is no mutant. */
const KILLED: readonly string[] = ['Killed', 'Timeout'];
const NOTICEABLE: readonly string[] = [...KILLED, 'Survived', 'NoCoverage'];

export function scoreOf(part: string, { files }: MutationReport): Score {
  const statuses = Object.values(files).flatMap(({ mutants }) => mutants.map(({ status }) => status));
  const count = (wanted: readonly string[]): number => statuses.filter((status) => wanted.includes(status)).length;
  return { part, killed: count(KILLED), mutants: count(NOTICEABLE) };
}

const percentOf = ({ killed, mutants }: Score): number => (100 * killed) / mutants;

/** No mutant at all is a run of nothing. */
export const isHighEnough = (score: Score): boolean => score.mutants > 0 && percentOf(score) >= SCORE_MIN;

/** Rounded down, so that 89.99 is not shown as 90. */
const textOf = (score: Score): string =>
  `${score.part} ${score.mutants === 0 ? 'no mutants' : `${(Math.floor(percentOf(score) * 10) / 10).toFixed(1)} % (${score.killed} of ${score.mutants})`}`;

export const lineOf = (scores: readonly Score[], where: string): string =>
  `mutation score: ${scores.map(textOf).join(', ')}; at least ${SCORE_MIN} % asked; reports: ${where}`;
