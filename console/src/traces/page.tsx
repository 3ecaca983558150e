import { type FormEvent, useCallback, useEffect, useId, useState } from 'react';
import { AnswerCard } from '../api/answer-card.tsx';
import { type Answer, bodyOf, isOk } from '../api/ask.ts';
import { Login } from '../session/login.tsx';
import { askAs, sessionOf } from '../session/session.ts';
import { useStore } from '../store.ts';
import { type Logs, questionForLogs, saidOf } from './logs.ts';
import { OfCustomer } from './of-customer.tsx';
import { Sequence } from './sequence.tsx';
import { questionsFor, type Sought, type Trace } from './trace.ts';
import { Waterfall } from './waterfall.tsx';
import './traces.css';

export function TracesPage({ query }: { readonly query: URLSearchParams }) {
  const session = useStore(sessionOf('operator'));
  return (
    <>
      <h1>Traces</h1>
      <p className="quiet">
        One request through all processes and over Kafka, by the id of its trace or of the order that it placed; or the
        last requests of a customer, by the customer's id.
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
  const [found, setFound] = useState<Found>();
  const [failed, setFailed] = useState<Answer>();
  const [wrong, setWrong] = useState('');

  const search = useCallback(async (text: string, signal?: AbortSignal): Promise<void> => {
    const questions = questionsFor(text);
    setWrong(questions.length > 0 ? '' : 'A trace id has 32 hex digits, the id of an order or a customer is a UUID.');
    for (const { sought, question } of questions) {
      const answer = await askAs('operator', question, signal);
      setFailed(isOk(answer) ? undefined : answer);
      setFound(isOk(answer) ? { sought, traces: tracesIn(sought, answer) } : undefined);
      if (!isOk(answer) || tracesIn(sought, answer).length > 0) return;
    }
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
          <label htmlFor={field}>Trace, order or customer</label>
          <input id={field} name="id" defaultValue={id} required spellCheck={false} autoComplete="off" />
        </div>
        <button type="submit" className="main">
          Find
        </button>
        <p role="alert">{wrong}</p>
      </form>
      {failed && <AnswerCard answer={failed} />}
      <p role="status">{found && said(found)}</p>
      {found && found.sought === 'customer' && found.traces.length > 0 && <OfCustomer traces={found.traces} />}
      {found &&
        found.sought !== 'customer' &&
        found.traces.map((trace) => <TracePanel key={trace.traceId} trace={trace} />)}
    </div>
  );
}

interface Found {
  readonly sought: Sought;
  readonly traces: readonly Trace[];
}

const tracesIn = (sought: Sought, answer: Answer): readonly Trace[] =>
  sought === 'trace' ? [bodyOf<Trace>(answer)] : bodyOf<{ traces: Trace[] }>(answer).traces;

const said = ({ traces }: Found): string =>
  traces.length === 0
    ? 'No trace says that it placed this order, or that this customer asked.'
    : `${traces.length} trace${traces.length === 1 ? '' : 's'} found.`;

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
