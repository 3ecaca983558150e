/** The texts that requests are made of. Patterns are read by other languages too: docs/openapi.md. */
import { z } from 'zod';

/**
 * No control characters and no half surrogate pairs: Postgres refuses NUL, and logs and terminals take the rest. The length
 * is in code points, as JSON Schema counts; zod's own bounds count UTF-16 units.
 */
export const text = (charactersMax: number) =>
  z
    .string()
    .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, 'Control characters are refused')
    .refine((given) => given.isWellFormed(), 'Lone surrogates are refused')
    .refine(
      (given) => given !== '' && lengthOf(given) <= charactersMax,
      `1 to ${charactersMax} characters are expected`,
    )
    .meta({ minLength: 1, maxLength: charactersMax });
const lengthOf = (given: string): number => Array.from(given).length;

/** A short lower-case name, for example "harbour" or "harbour-espresso". */
export const shortName = z
  .string()
  .max(64)
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'A short lower-case name is expected');

/** \d is any digit of Unicode in the patterns of some languages. */
function asciiDigits({ source }: RegExp): string {
  return source.replaceAll('\\d', '[0-9]');
}
export const instant = z.iso.datetime().meta({ pattern: asciiDigits(z.regexes.datetime({})) });

/** In a query. */
export const givenInstant = z.iso
  .datetime({ offset: true })
  .meta({ pattern: asciiDigits(z.regexes.datetime({ offset: true })) });
