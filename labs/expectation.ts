/** How an expectation ends: it held, it did not, or what it is judged by was not seen. */
export interface Expectation {
  readonly sentence: string;
  readonly held: boolean;
  /** What was missing to judge it, and why. Undefined when all of it was seen. */
  readonly notSeen?: string | undefined;
}

export type Outcome = 'held' | 'broken' | 'not_seen';

export const outcomeOf = ({ held, notSeen }: Expectation): Outcome =>
  notSeen !== undefined ? 'not_seen' : held ? 'held' : 'broken';

/** Broken if one is; held only if each is. */
export function outcomeOfAll(expectations: readonly Expectation[]): Outcome {
  const outcomes = expectations.map(outcomeOf);
  if (outcomes.includes('broken')) return 'broken';
  return outcomes.includes('not_seen') ? 'not_seen' : 'held';
}

/** What was not seen can only raise the count: too much is too much already, and "little enough" is not proved. */
export const atMost = (sentence: string, held: boolean, missing: string | undefined): Expectation =>
  held && missing !== undefined ? { sentence, held: false, notSeen: missing } : { sentence, held };

/** What was not seen can only raise the count: enough is enough already, and "too few" is not proved. */
export const atLeast = (sentence: string, held: boolean, missing: string | undefined): Expectation =>
  !held && missing !== undefined ? { sentence, held, notSeen: missing } : { sentence, held };

/** Parts that were not seen, as one; undefined when there are none. */
export function missingOf(...parts: readonly (string | undefined)[]): string | undefined {
  const missing = [...new Set(parts.filter((part) => part !== undefined))];
  return missing.length === 0 ? undefined : missing.join('; ');
}
