import { useCallback, useEffect, useState } from 'react';
import { AnswerCard } from '../api/answer-card.tsx';
import { type Answer, bodyOf, isForGood, isOk } from '../api/ask.ts';
import { Login } from '../session/login.tsx';
import { sessionOf } from '../session/session.ts';
import { useStore } from '../store.ts';
import { LabPanel } from './lab-panel.tsx';
import { type Labs, listLabs, type Run } from './labs.ts';
import './labs.css';

export function LabsPage({ query }: { readonly query: URLSearchParams }) {
  const session = useStore(sessionOf('operator'));
  return (
    <>
      <h1>Labs</h1>
      <p className="quiet">
        One idea each, on the system that runs here: predict what will happen, then see it with the pattern and without
        it.
      </p>
      <section className="panel" aria-label="Operator">
        <Login role="operator" />
      </section>
      {session && <AllLabs name={query.get('name') ?? ''} />}
    </>
  );
}

const AGAIN_MS = 1_000;

function AllLabs({ name }: { readonly name: string }) {
  const [known, setKnown] = useState<Labs>();
  const [failed, setFailed] = useState<Answer>();

  const look = useCallback(async (): Promise<void> => {
    const answer = await listLabs();
    setFailed(isOk(answer) ? undefined : answer);
    if (isOk(answer)) setKnown(bodyOf<Labs>(answer));
  }, []);
  useEffect(() => {
    void look();
  }, [look]);
  // The labs are just being read, or something is broken on the way: neither lasts.
  const passes = failed !== undefined && !isForGood(failed);
  useEffect(() => {
    if (!passes) return;
    const again = setInterval(() => void look(), AGAIN_MS);
    return () => clearInterval(again);
  }, [passes, look]);

  const changed = useCallback(() => void look(), [look]);
  const chosen = known?.labs.find((lab) => lab.name === name) ?? known?.labs[0];
  return (
    <div className="labs">
      {failed && <AnswerCard answer={failed} />}
      {known && chosen && (
        <>
          <LabList known={known} chosen={chosen.name} />
          <LabPanel
            key={chosen.name}
            lab={chosen}
            last={known.runs.find((run) => run.lab === chosen.name)}
            onChange={changed}
          />
        </>
      )}
    </div>
  );
}

function LabList({ known: { labs, coming, runs }, chosen }: { readonly known: Labs; readonly chosen: string }) {
  return (
    <nav className="panel" aria-label="Labs">
      <h2>There are {labs.length}</h2>
      <ul className="names">
        {labs.map(({ name, ideas, question }) => (
          <li key={name}>
            <a href={`#/labs?${new URLSearchParams({ name })}`} aria-current={name === chosen ? 'true' : undefined}>
              {name}
            </a>{' '}
            <span className="quiet">idea {ideas.join(', ')}</span>{' '}
            <LastEnd run={runs.find((run) => run.lab === name)} />
            <br />
            <span className="quiet">{question}</span>
          </li>
        ))}
      </ul>
      {coming.length > 0 && (
        <details>
          <summary>Coming: {coming.length} ideas without a lab</summary>
          <ul className="coming">
            {coming.map(({ idea, title }) => (
              <li key={idea}>
                {idea}. {title}
              </li>
            ))}
          </ul>
        </details>
      )}
    </nav>
  );
}

function LastEnd({ run }: { readonly run: Run | undefined }) {
  if (!run) return null;
  return (
    <span className="badge" data-lab={run.state}>
      {run.state}
    </span>
  );
}
