/** The logs of one request, asked for until its faults fired. */
import { again } from '../api/again.ts';
import { type Answer, bodyOf, isForGood, isOk } from '../api/ask.ts';
import { askAs } from '../session/session.ts';
import type { Logs } from '../traces/logs.ts';
import { notKnown, type Verdict, verdictOf } from './fired.ts';

const LOOK_EVERY_MS = 1_000;
/** The relay and analytics come after the answer: within a second, on a busy machine within several. */
const LOOKS_MAX = 10;
/** Older lines are not searched. Generous, because the browser's clock may differ from the system's. */
const SEARCHED_MS = 300_000;

/** Asks as an operator until all have fired or nothing more is to be expected. Returns what ends it. */
export function lookUntilFired(
  { traceId, question: { lab } }: Answer,
  onVerdict: (verdict: Verdict) => void,
): () => void {
  const from = encodeURIComponent(new Date(Date.now() - SEARCHED_MS).toISOString());
  let looks = 0;
  return again(async (over) => {
    const answer = await askAs('operator', { method: 'GET', path: `/v1/traces/${traceId}/logs?from=${from}` }, over);
    const isLast = ++looks >= LOOKS_MAX;
    if (isOk(answer)) {
      const verdict = verdictOf(lab?.faults ?? '', bodyOf<Logs>(answer), isLast);
      onVerdict(verdict);
      return verdict.state === 'looking' ? LOOK_EVERY_MS : undefined;
    }
    if (!isForGood(answer) && !isLast) return LOOK_EVERY_MS;
    onVerdict(notKnown(answer.problem?.detail ?? `The answer about its logs was ${answer.status}.`));
    return undefined;
  });
}
