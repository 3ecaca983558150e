/** Says that the answer is the first one under this key, given again; the body is the same byte for byte. */
export const replayedHeader = (replayed: boolean): Record<string, string> =>
  replayed ? { 'Idempotency-Replayed': 'true' } : {};
