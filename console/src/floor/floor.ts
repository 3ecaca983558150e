/** GET /v1/floor, as the gateway's OpenAPI describes it, followed for as long as somebody looks. */
import { again } from '../api/again.ts';
import { type Answer, bodyOf, isForGood, isOk } from '../api/ask.ts';
import { askAs } from '../session/session.ts';

export interface Process {
  readonly name: string;
  readonly part: string;
  readonly kind: 'service' | 'infrastructure';
  readonly state: 'ready' | 'not ready' | 'silent' | 'gone';
  readonly why?: string;
  readonly forMs: number;
  readonly memoryBytes?: number;
  readonly upS?: number;
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly kind: 'request' | 'store' | 'event';
  readonly perSecond: number | null;
  readonly meanMs: number | null;
  readonly refusedPerSecond: number | null;
  readonly retriesPerSecond: number | null;
  readonly breakers: readonly { readonly of: string; readonly state: 'closed' | 'half-open' | 'open' }[];
}

export interface Floor {
  readonly sequence: number;
  readonly at: string;
  readonly processes: readonly Process[];
  readonly arrows: readonly Arrow[];
  readonly topics: readonly { readonly name: string; readonly partitions: number }[];
  readonly outbox: {
    readonly leader: string | null;
    readonly term: number | null;
    readonly waiting: number | null;
    readonly oldestS: number | null;
  };
}

const AGAIN_MS = 300;

/** Each answer is the next picture, so this asks as often as there is a new one. Returns what ends it. */
export function follow(onFloor: (floor: Floor) => void, onFailure: (answer: Answer) => void): () => void {
  let after = 0;
  return again(async (over) => {
    const answer = await askAs('operator', { method: 'GET', path: `/v1/floor?after=${after}` }, over);
    if (isOk(answer)) {
      const floor = bodyOf<Floor>(answer);
      if (floor.sequence !== after) onFloor(floor);
      after = floor.sequence;
      return 0;
    }
    onFailure(answer);
    // Told no for good: whoever logs in again begins again.
    return isForGood(answer) ? undefined : AGAIN_MS;
  });
}

export const rateText = (perSecond: number | null): string =>
  perSecond === null ? 'not counted' : `${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)}/s`;

export const msText = (ms: number | null): string =>
  ms === null ? '–' : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;

export function sinceText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 100) return `${seconds} s`;
  return seconds < 6_000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}
