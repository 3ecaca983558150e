import { useEffect, useId, useState } from 'react';
import { AnswerCard } from '../api/answer-card.tsx';
import { type Answer, bodyOf, isOk } from '../api/ask.ts';
import { askAs } from '../session/session.ts';
import { Sequence } from '../traces/sequence.tsx';
import type { Trace } from '../traces/trace.ts';
import '../traces/traces.css';
import type { NamedTrace } from './labs.ts';

/** The real trace of a request of this run: who heard what, and which reply nobody heard. */
export function Timeline({ traces }: { readonly traces: readonly NamedTrace[] }) {
  const [chosen, setChosen] = useState(0);
  const [trace, setTrace] = useState<Trace>();
  const [failed, setFailed] = useState<Answer>();
  const id = useId();
  const traceId = traces[chosen]?.traceId ?? '';

  useEffect(() => {
    const over = new AbortController();
    setTrace(undefined);
    askAs('operator', { method: 'GET', path: `/v1/traces/${traceId}` }, over.signal)
      .then((answer) => {
        setFailed(isOk(answer) ? undefined : answer);
        if (isOk(answer)) setTrace(bodyOf<Trace>(answer));
      })
      .catch((error: unknown) => {
        if (!over.signal.aborted) throw error;
      });
    return () => over.abort();
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
