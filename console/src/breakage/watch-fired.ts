/** The logs of one request, asked for until its faults fired; its trace where there are no logs, as in one process. */
import { again } from '../api/again.ts';
import { type Answer, bodyOf, isOk } from '../api/ask.ts';
import { askAs } from '../session/session.ts';
import type { Logs } from '../traces/logs.ts';
import type { Trace } from '../traces/trace.ts';
import { type Evidence, evidenceOfLogs, evidenceOfTrace, type Verdict, verdictOf } from './fired.ts';

const LOOK_EVERY_MS = 1_000;
/** The relay and analytics come after the answer: within a second, on a busy machine within several. */
const LOOKS_MAX = 10;
/** Older lines are not searched. Generous, because the browser's clock may differ from the system's. */
const SEARCHED_MS = 300_000;

/** Asks as an operator until all have fired or nothing more is to be expected. Returns what ends it. */
export function lookUntilFired(
  { traceId = '', question: { lab } }: Answer,
  onVerdict: (verdict: Verdict) => void,
): () => void {
  const from = encodeURIComponent(new Date(Date.now() - SEARCHED_MS).toISOString());
  let looks = 0;
  return again(async (over) => {
    const read = (path: string): Promise<Answer> => askAs('operator', { method: 'GET', path }, over);
    const logs = await read(`/v1/traces/${traceId}/logs?from=${from}`);
    const evidence = isOk(logs)
      ? evidenceOfLogs(bodyOf<Logs>(logs))
      : inTrace(logs, await read(`/v1/traces/${traceId}`));
    const isLast = ++looks >= LOOKS_MAX || logs.status === 401 || logs.status === 403;
    const verdict = verdictOf(lab?.faults ?? '', evidence, isLast);
    onVerdict(verdict);
    return verdict.state === 'looking' ? LOOK_EVERY_MS : undefined;
  });
}

function inTrace(logs: Answer, trace: Answer): Evidence {
  const why = logs.problem?.detail ?? `The answer about its logs was ${logs.status}.`;
  return isOk(trace) ? evidenceOfTrace(bodyOf<Trace>(trace), why) : { fires: [], incomplete: why };
}
