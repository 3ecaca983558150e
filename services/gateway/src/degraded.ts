/**
 * Answers that rest on what the gateway or a part behind it has kept, because the part that should be asked cannot be.
 * Which there are, and how old each may be, stands in topology.ts.
 */
export interface Degraded {
  /** A member of an RFC 9651 dictionary: `menu=stale`. */
  readonly mark: 'auth=local-keys' | 'menu=stale' | 'report=stale';
  /** How long ago that was right. */
  readonly ageMs: number;
}

/** One dictionary for all parts, so whoever reads structured fields reads it: `auth=local-keys;age=3, menu=stale;age=12`. */
export const DEGRADED_HEADER = 'Seams-Degraded';

/** The age in whole seconds, as RFC 9111's Age has it. */
export const encodeDegraded = (all: readonly Degraded[]): string =>
  all.map(({ mark, ageMs }) => `${mark};age=${Math.floor(ageMs / 1_000)}`).join(', ');

/** What `staleMs` of a reply means: 0 is as of the question. */
export const staleMenu = (staleMs: number): Degraded | undefined =>
  staleMs === 0 ? undefined : { mark: 'menu=stale', ageMs: staleMs };
