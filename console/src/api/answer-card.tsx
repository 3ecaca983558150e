import type { ReactNode } from 'react';
import type { Answer } from './ask.ts';
import { degradedInWords, endingOf, meaningOf } from './meaning.ts';
import './answer-card.css';

interface Shown {
  readonly answer: Answer;
  /** The text that was sent first under the same key, to compare. */
  readonly first?: string | undefined;
  readonly onAgain?: (() => void) | undefined;
  /** What else is known of it. */
  readonly children?: ReactNode;
}

const SECRET = /"(accessToken|refreshToken|password)":"[^"]*"/g;

export function AnswerCard({ answer, first, onAgain, children }: Shown) {
  if (isPlainRead(answer)) return <PlainRead answer={answer} />;
  const { question, status, ms, text, problem, traceId, degraded, replayed } = answer;
  const ending = endingOf(answer);
  return (
    <article className="answer" data-ending={ending} aria-label={`${question.method} ${question.path}`}>
      <h3>
        <code>
          {question.method} {question.path}
        </code>
      </h3>
      <p className="line">
        <strong className="badge" data-ending={ending}>
          {status === 0 ? 'no answer' : status}
        </strong>{' '}
        <span>{ms} ms</span> {replayed && <span className="badge">replayed</span>}
      </p>
      <p>{problem ? `${problem.detail} ${meaningOf(answer)}` : meaningOf(answer)}</p>
      {problem?.errors && (
        <ul>
          {problem.errors.map(({ path, message }) => (
            <li key={path}>
              <code>{path}</code>: {message}
            </li>
          ))}
        </ul>
      )}
      <Facts
        problem={problem?.reason}
        degraded={degraded}
        traceId={traceId}
        sentKey={question.key}
        faults={question.lab?.faults}
      />
      {first !== undefined && (
        <p className="same">
          {first === text ? 'The same bytes as the first answer.' : 'Other bytes than the first answer.'}
        </p>
      )}
      {onAgain && (
        <button type="button" onClick={onAgain}>
          Send the same again
        </button>
      )}
      {children}
      <details>
        <summary>What came back</summary>
        <pre tabIndex={0}>{pretty(text)}</pre>
      </details>
    </article>
  );
}

/** A read that went well, told in a line: what was done stands out. */
const isPlainRead = ({ question, status, degraded }: Answer): boolean =>
  question.method === 'GET' && status === 200 && degraded === undefined;

function PlainRead({ answer: { question, status, ms, traceId } }: { readonly answer: Answer }) {
  return (
    <article className="answer plain" data-ending="done" aria-label={`${question.method} ${question.path}`}>
      <code>
        {question.method} {question.path}
      </code>{' '}
      <strong className="badge" data-ending="done">
        {status}
      </strong>{' '}
      <span>{ms} ms</span> {traceId && <a href={`#/traces?id=${traceId}`}>trace</a>}
    </article>
  );
}

interface FactsShown {
  readonly problem: string | undefined;
  readonly degraded: string | undefined;
  readonly traceId: string | undefined;
  readonly sentKey: string | undefined;
  readonly faults: string | undefined;
}

function Facts({ problem, degraded, traceId, sentKey, faults }: FactsShown) {
  return (
    <dl className="facts">
      {problem && (
        <>
          <dt>Reason</dt>
          <dd>
            <code>{problem}</code>
          </dd>
        </>
      )}
      {faults && (
        <>
          <dt>Seams-Fault</dt>
          <dd>
            <code>{faults}</code>
          </dd>
        </>
      )}
      {degraded && (
        <>
          <dt>Seams-Degraded</dt>
          <dd>
            <code>{degraded}</code>: {degradedInWords(degraded)}
          </dd>
        </>
      )}
      {sentKey && (
        <>
          <dt>Idempotency-Key</dt>
          <dd>
            <code>{sentKey}</code>
          </dd>
        </>
      )}
      {traceId && (
        <>
          <dt>Trace</dt>
          <dd>
            <a href={`#/traces?id=${traceId}`}>
              <code>{traceId}</code>
            </a>
          </dd>
        </>
      )}
    </dl>
  );
}

/** Tokens stand in nobody's screenshot. */
function pretty(text: string): string {
  const safe = text.replaceAll(SECRET, '"$1":"…"');
  return safe.startsWith('{') ? JSON.stringify(JSON.parse(safe), null, 2) : safe || '(nothing)';
}
