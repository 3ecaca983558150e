import { Failure } from './failure.ts';

/**
 * Patterns that a lab can do without, to show what they buy: a request that names one is served by its naive
 * counterpart, which stands in a folder called naive/ and is chosen in the service's wiring.
 */
export const PATTERNS = [
  'idempotency',
  'outbox',
  'dedupe',
  'optimistic-lock',
  'deadline',
  'breaker',
  'retry-budget',
  'bulkhead',
] as const;

export type Pattern = (typeof PATTERNS)[number];

/**
 * Reads `idempotency`, or several separated by commas.
 * @throws Failure invalid/pattern_unknown
 */
export function parseWithout(text: string): ReadonlySet<Pattern> {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(PATTERNS as readonly string[]).includes(name));
  if (unknown !== undefined) {
    const known = PATTERNS.join(', ');
    throw new Failure('invalid', 'pattern_unknown', `Seams-Without names patterns that there are: ${known}.`);
  }
  return new Set(names as Pattern[]);
}
