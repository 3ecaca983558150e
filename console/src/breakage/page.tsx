import { useCallback, useEffect, useState } from 'react';
import { AnswerCard } from '../api/answer-card.tsx';
import { type Answer, isOk } from '../api/ask.ts';
import { Login } from '../session/login.tsx';
import { sessionOf } from '../session/session.ts';
import { useStore } from '../store.ts';
import { type Breakage, follow, healAll } from './breakage.ts';
import { OneRequest } from './one-request.tsx';
import { ByPlan } from './plan-form.tsx';
import { OneProcess } from './process-form.tsx';
import './breakage.css';

export function BreakPage() {
  const session = useStore(sessionOf('operator'));
  return (
    <>
      <h1>Break it</h1>
      <p className="quiet">
        Processes are killed, frozen, restarted, added and removed for everybody; a request is struck alone. What will
        happen stands above each button, and one button heals everything.
      </p>
      <section className="panel" aria-label="Operator">
        <Login role="operator" />
      </section>
      <div className="break">
        {session && <LiveBreakage />}
        <OneRequest />
      </div>
    </>
  );
}

function LiveBreakage() {
  const [breakage, setBreakage] = useState<Breakage>();
  const [lost, setLost] = useState<Answer>();
  const [refused, setRefused] = useState<Answer>();

  useEffect(
    () =>
      follow((next) => {
        setBreakage(next);
        setLost(undefined);
      }, setLost),
    [],
  );
  const onAnswer = useCallback((answer: Answer) => setRefused(isOk(answer) ? undefined : answer), []);

  return (
    <div className="stack">
      {lost && <AnswerCard answer={lost} />}
      {breakage && (
        <>
          <BrokenNow breakage={breakage} onAnswer={onAnswer} />
          <div role="alert">{refused && <AnswerCard answer={refused} />}</div>
          <OneProcess breakage={breakage} onAnswer={onAnswer} />
          <ByPlan random={breakage.random} onAnswer={onAnswer} />
          <Log breakage={breakage} />
        </>
      )}
    </div>
  );
}

interface BrokenShown {
  readonly breakage: Breakage;
  readonly onAnswer: (answer: Answer) => void;
}

function BrokenNow({ breakage: { broken, healing, random, lab }, onAnswer }: BrokenShown) {
  const ill = broken.length > 0 || random !== null;
  const heal = async (): Promise<void> => onAnswer(await healAll());
  return (
    <section className="panel broken-now" aria-labelledby="broken" data-ill={ill}>
      <h2 id="broken">Broken now</h2>
      {/* Without the seconds that are left: a screen reader is told when something changes, not every second. */}
      <p className="unseen" role="status">
        {broken.length === 0 ? 'All is well.' : broken.map(({ process, how }) => `${process}: ${how}`).join(', ')}
      </p>
      {lab && <p>The lab {lab.lab} is running, and breaks what it needs to break.</p>}
      {broken.length === 0 && <p>Nothing is broken.</p>}
      <ul>
        {broken.map(({ process, how, sentence }) => (
          <li key={`${process} ${how}`} data-broken={process}>
            {sentence}
          </li>
        ))}
      </ul>
      <button type="button" className="main" disabled={healing} onClick={() => void heal()}>
        {healing ? 'Healing…' : 'Heal everything'}
      </button>
      <p className="quiet">
        Thaws what is frozen, brings back what was removed, removes what was added, waits until all are ready; ends a
        plan or a lab that would break things again.
      </p>
    </section>
  );
}

function Log({ breakage: { log } }: { readonly breakage: Breakage }) {
  if (log.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="log">
      <h2 id="log">What was done</h2>
      <div className="scroll" role="group" aria-labelledby="log" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">What</th>
              <th scope="col">How it went</th>
            </tr>
          </thead>
          <tbody>
            {log.map(({ id, at, what, state, said }) => (
              <tr key={id}>
                <td>
                  <time dateTime={at}>{new Date(at).toLocaleTimeString()}</time>
                </td>
                <td>{what}</td>
                <td data-action={state}>
                  {state}
                  {said && `: ${said}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
