import type { Guard } from '../breaker.ts';

/** Everything is let through, however often it failed and however much is under way. */
export function withoutBreaker(): Guard {
  let inFlight = 0;
  return {
    state: 'closed',
    get inFlight() {
      return inFlight;
    },
    execute: async (attempt) => {
      inFlight++;
      try {
        return await attempt();
      } finally {
        inFlight--;
      }
    },
  };
}
