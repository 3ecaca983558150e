/**
 * Looks again and again, for as long as somebody wants to see. A look says in how many milliseconds the next one comes: 0 is
 * at once, undefined never. Returns what ends it.
 */
export function again(look: (over: AbortSignal) => Promise<number | undefined>): () => void {
  const over = new AbortController();
  const lookOn = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const waitMs = await look(over.signal);
      if (waitMs === undefined) return;
      if (waitMs > 0) await new Promise((passed) => setTimeout(passed, waitMs));
    }
  };
  lookOn().catch((error: unknown) => {
    if (!over.signal.aborted) throw error;
  });
  return () => over.abort();
}
