import { useEffect, useId, useState } from 'react';
import { AnswerCard } from '../api/answer-card.tsx';
import { type Answer, bodyOf, isOk } from '../api/ask.ts';
import { askAs } from '../session/session.ts';
import { Sequence } from '../traces/sequence.tsx';
import type { Trace } from '../traces/trace.ts';
import '../traces/traces.css';
import type { NamedTrace } from './labs.ts';

/** A process sends its spans within half a second, and the gateway may have no room for a question about traces. */
const LOOK_EVERY_MS = 1_000;
const LOOKS_MAX = 10;

/** The real trace of a request of this run: who heard what, and which reply nobody heard. */
export function Timeline({ traces }: { readonly traces: readonly NamedTrace[] }) {
  const [chosen, setChosen] = useState(0);
  const [trace, setTrace] = useState<Trace>();
  const [failed, setFailed] = useState<Answer>();
  const id = useId();
  const traceId = traces[chosen]?.traceId ?? '';

  useEffect(() => {
    const over = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    setTrace(undefined);
    const look = async (looks: number, spansBefore: number): Promise<void> => {
      const answer = await askAs('operator', { method: 'GET', path: `/v1/traces/${traceId}` }, over.signal);
      setFailed(isOk(answer) ? undefined : answer);
      const found = isOk(answer) ? bodyOf<Trace>(answer) : undefined;
      if (found) setTrace(found);
      const spans = found?.spans.length ?? 0;
      // Each process sends its spans when it likes: whole is what has not grown for a while.
      if ((spans === 0 || spans !== spansBefore) && looks < LOOKS_MAX)
        timer = setTimeout(() => go(looks + 1, spans), LOOK_EVERY_MS);
    };
    const go = (looks: number, spansBefore: number): void => {
      look(looks, spansBefore).catch((error: unknown) => {
        if (!over.signal.aborted) throw error;
      });
    };
    go(1, 0);
    return () => {
      over.abort();
      clearTimeout(timer);
    };
  }, [traceId]);

  return (
    <div className="timeline">
      <h3>Who heard what</h3>
      <div className="field">
        <label htmlFor={id}>Of which request</label>
        <select id={id} value={chosen} onChange={(event) => setChosen(Number(event.target.value))}>
          {traces.map(({ what, traceId: each }, at) => (
            <option key={each} value={at}>
              {what}
            </option>
          ))}
        </select>
      </div>
      {failed && <AnswerCard answer={failed} />}
      {trace && <Sequence trace={trace} />}
      <p>
        <a href={`#/traces?id=${traceId}`}>The whole trace, with its times</a>
      </p>
    </div>
  );
}
