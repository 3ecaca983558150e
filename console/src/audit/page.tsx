import { useCallback, useEffect, useState } from 'react';
import { AnswerCard } from '../api/answer-card.tsx';
import { type Answer, bodyOf, isOk } from '../api/ask.ts';
import { Login } from '../session/login.tsx';
import { askAs, sessionOf } from '../session/session.ts';
import { useStore } from '../store.ts';
import { type AuditReport, type Check, wordsOf } from './report.ts';
import './audit.css';

/** Enough for what is in flight at rest; under load the gateway says when analytics were too far behind. */
const WAIT_S = 10;

export function AuditPage() {
  const session = useStore(sessionOf('operator'));
  return (
    <>
      <h1>Audit</h1>
      <p className="quiet">
        Was anything lost? The auditor reads the orders, the ledger, the outbox, Kafka's log and the projections from
        outside and compares them. It changes nothing, and it may run under load.
      </p>
      <section className="panel" aria-label="Operator">
        <Login role="operator" />
      </section>
      {session && <Audit />}
    </>
  );
}

function Audit() {
  const [report, setReport] = useState<AuditReport>();
  const [failed, setFailed] = useState<Answer>();
  const [busy, setBusy] = useState(false);
  const [again, setAgain] = useState(false);

  const run = useCallback(async (): Promise<void> => {
    setBusy(true);
    const answer = await askAs('operator', { method: 'GET', path: `/v1/audit?wait=${WAIT_S}` });
    if (isOk(answer)) setReport(bodyOf<AuditReport>(answer));
    setFailed(isOk(answer) ? undefined : answer);
    setBusy(false);
  }, []);
  useEffect(() => {
    if (!again || busy) return;
    const next = setTimeout(() => void run(), 2_000);
    return () => clearTimeout(next);
  }, [again, busy, run]);

  return (
    <div className="audit stack">
      <div className="actions">
        <button type="button" className="main" disabled={busy} onClick={() => void run()}>
          {busy ? 'Reading everything…' : report ? 'Audit again' : 'Audit now'}
        </button>
        <label className="again">
          <input type="checkbox" checked={again} onChange={(event) => setAgain(event.target.checked)} />
          Again and again
        </label>
      </div>
      <div role="status">{report && <Verdict report={report} />}</div>
      {failed && <AnswerCard answer={failed} />}
      {report && report.corrections.length > 0 && (
        <section className="panel" aria-label="Corrections">
          <h2>Corrected</h2>
          <ul>
            {report.corrections.map(({ kind, lab, count, at }) => (
              <li key={`${kind} ${lab} ${at}`}>
                {count} × {kind.replaceAll('_', ' ')}, by {lab} at{' '}
                <time dateTime={at}>{new Date(at).toLocaleTimeString()}</time>
              </li>
            ))}
          </ul>
        </section>
      )}
      {report && (
        <ol className="checks">
          {report.checks.map((check) => (
            <CheckPanel key={check.number} check={check} />
          ))}
        </ol>
      )}
    </div>
  );
}

function Verdict({ report: { verdict, clean, at, ms, lookedAt, breaches } }: { readonly report: AuditReport }) {
  return (
    <div className="verdict panel" data-clean={clean}>
      <p>
        <strong>{clean ? 'Nothing was lost' : breaches > 0 ? `${breaches} breaches` : 'No verdict'}</strong>
      </p>
      <p>{verdict}</p>
      <p className="quiet">
        {lookedAt.toLocaleString('en')} things looked at in {(ms / 1_000).toFixed(1)} s, as of{' '}
        <time dateTime={at}>{new Date(at).toLocaleTimeString()}</time>
      </p>
    </div>
  );
}

function CheckPanel({ check }: { readonly check: Check }) {
  const { name, verdict, lookedAt, breaches, questions } = check;
  return (
    <li className="panel check" data-verdict={verdict}>
      <h2>{name}</h2>
      <p>
        <strong className="badge" data-verdict={verdict}>
          {wordsOf(verdict, breaches)}
        </strong>{' '}
        <span className="quiet">{lookedAt.toLocaleString('en')} looked at</span>
      </p>
      <ul className="questions">
        {questions.map((question) => (
          <li key={question.looksAt}>
            {question.looksAt} <span className="quiet">({question.lookedAt.toLocaleString('en')})</span>
            {question.note && <em> {question.note}</em>}
            {question.unanswered && (
              <em>
                {' '}
                could not look at {question.unanswered.things}: {question.unanswered.why}
              </em>
            )}
            {question.breachesTotal > 0 && (
              <ul className="breaches">
                {question.breaches.map(({ id, what }) => (
                  <li key={id}>
                    <code>{id}</code>: {what}
                  </li>
                ))}
                {question.breachesTotal > question.breaches.length && (
                  <li>and {question.breachesTotal - question.breaches.length} more</li>
                )}
              </ul>
            )}
          </li>
        ))}
      </ul>
    </li>
  );
}
