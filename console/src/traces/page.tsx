import { type FormEvent, useCallback, useEffect, useId, useState } from 'react';
import { AnswerCard } from '../api/answer-card.tsx';
import { type Answer, bodyOf, isOk } from '../api/ask.ts';
import { Login } from '../session/login.tsx';
import { askAs, sessionOf } from '../session/session.ts';
import { useStore } from '../store.ts';
import { type Logs, questionForLogs, saidOf } from './logs.ts';
import { Sequence } from './sequence.tsx';
import { questionFor, type Trace } from './trace.ts';
import { Waterfall } from './waterfall.tsx';
import './traces.css';

export function TracesPage({ query }: { readonly query: URLSearchParams }) {
  const session = useStore(sessionOf('operator'));
  return (
    <>
      <h1>Traces</h1>
      <p className="quiet">
        One request through all processes and over Kafka, by the id of its trace or of the order that it placed.
      </p>
      <section className="panel" aria-label="Operator">
        <Login role="operator" />
      </section>
      {session && <Search id={query.get('id') ?? ''} />}
    </>
  );
}

function Search({ id }: { readonly id: string }) {
  const field = useId();
  const [found, setFound] = useState<readonly Trace[]>();
  const [failed, setFailed] = useState<Answer>();
  const [wrong, setWrong] = useState('');

  const search = useCallback(async (text: string, signal?: AbortSignal): Promise<void> => {
    const question = questionFor(text);
    setWrong(question ? '' : 'A trace id has 32 hex digits, the id of an order is a UUID.');
    if (!question) return;
    const answer = await askAs('operator', question, signal);
    setFailed(isOk(answer) ? undefined : answer);
    if (!isOk(answer)) setFound(undefined);
    else if (question.path.startsWith('/v1/traces?')) setFound(bodyOf<{ traces: Trace[] }>(answer).traces);
    else setFound([bodyOf<Trace>(answer)]);
  }, []);
  useEffect(() => {
    if (id === '') return;
    const over = new AbortController();
    search(id, over.signal).catch((error: unknown) => {
      if (!over.signal.aborted) throw error;
    });
    return () => over.abort();
  }, [id, search]);

  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('id') ?? '').trim();
    if (text === id) void search(text);
    else window.location.hash = `#/traces?${new URLSearchParams({ id: text })}`;
  };
  return (
    <div className="traces stack">
      <form className="panel search" onSubmit={onSubmit} key={id} role="search">
        <div className="field">
          <label htmlFor={field}>Trace or order</label>
          <input id={field} name="id" defaultValue={id} required spellCheck={false} autoComplete="off" />
        </div>
        <button type="submit" className="main">
          Find
        </button>
        <p role="alert">{wrong}</p>
      </form>
      {failed && <AnswerCard answer={failed} />}
      <p role="status">{found && said(found)}</p>
      {found?.map((trace) => (
        <TracePanel key={trace.traceId} trace={trace} />
      ))}
    </div>
  );
}

const said = (found: readonly Trace[]): string =>
  found.length === 0
    ? 'No trace says that it placed this order.'
    : `${found.length} trace${found.length === 1 ? '' : 's'} found.`;

function TracePanel({ trace }: { readonly trace: Trace }) {
  const services = new Set(trace.spans.map(({ service }) => service));
  const logs = useLogs(trace);
  return (
    <section className="panel stack" aria-label={`Trace ${trace.traceId}`}>
      <h2>
        <code>{trace.traceId}</code>
      </h2>
      <p className="quiet">
        {trace.spans.length} spans in {services.size} services, from{' '}
        <time dateTime={trace.startedAt}>{new Date(trace.startedAt).toLocaleTimeString()}</time>
      </p>
      <h3>Who heard what</h3>
      <Sequence trace={trace} />
      <h3>How long it took, and what each wrote</h3>
      {logs && <p className="quiet">{isOk(logs) ? saidOf(bodyOf<Logs>(logs)) : `No logs: ${logs.problem?.detail}`}</p>}
      <Waterfall trace={trace} lines={logs && isOk(logs) ? bodyOf<Logs>(logs).lines : []} />
    </section>
  );
}

/** The answer that has them, or says why there are none; undefined until it is there. */
function useLogs(trace: Trace): Answer | undefined {
  const [answer, setAnswer] = useState<Answer>();
  useEffect(() => {
    const over = new AbortController();
    askAs('operator', questionForLogs(trace), over.signal)
      .then(setAnswer)
      .catch((error: unknown) => {
        if (!over.signal.aborted) throw error;
      });
    return () => over.abort();
  }, [trace]);
  return answer;
}
