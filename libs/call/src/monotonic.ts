/**
 * Milliseconds of a clock that a step of the wall clock does not move: for durations and ages. Whole, because ages go into messages
 * and spans. The wall clock is for the times of events and for deadlines (context.ts).
 */
export const monotonicMs = (): number => Math.floor(performance.now());
