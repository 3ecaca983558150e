import { Failure } from '@seams/call';

/** A nested message is optional on the wire; where the contract promises one, its absence is a bug. */
export function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) {
    throw new Failure('bug', 'empty_reply', 'A part of the system answered in a way that it should not.');
  }
  return value;
}
