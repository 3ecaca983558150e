/** What a lab found, as lines for a terminal, and as an exit code. */

import { type Expectation, type Outcome, outcomeOf } from '../../labs/expectation.ts';
import type { LabEnd } from './child.ts';

const MARKS: Readonly<Record<Outcome, string>> = { held: 'held  ', broken: 'BROKEN', not_seen: 'NOT SEEN' };

/** One that was not seen is neither; 2 is also what an audit ends with that could not look (audit/verdict.ts). */
export const EXIT_CODES: Readonly<Record<Outcome, number>> = { held: 0, broken: 1, not_seen: 2 };

/** Of several labs: what failed or did not hold comes before what was not seen. */
export function exitCodeOf(ends: readonly LabEnd[]): number {
  if (ends.every((end) => end === 'held')) return EXIT_CODES.held;
  return ends.every((end) => end === 'held' || end === 'not_seen') ? EXIT_CODES.not_seen : EXIT_CODES.broken;
}

export interface Sentence {
  readonly sentence: string;
  readonly outcome: Outcome;
  /** What was missing to judge it. */
  readonly notSeen?: string;
}

export function sentenceOf({ sentence, held, notSeen }: Expectation): Sentence {
  const outcome = outcomeOf({ sentence, held, notSeen });
  return notSeen === undefined ? { sentence, outcome } : { sentence, outcome, notSeen };
}

export const sentenceLines = ({ sentence, outcome, notSeen }: Sentence): string[] => [
  `${MARKS[outcome]}  ${sentence}`,
  ...(notSeen === undefined ? [] : [`          missing: ${notSeen}`]),
];

/** What to do about what was not seen. */
export const runAgainLine = (command: string): string =>
  `Not seen is no verdict: spans were late or lost, mostly because the machine was busy. Run it again: ${command}`;
