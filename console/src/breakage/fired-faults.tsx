import { useEffect, useState } from 'react';
import type { Answer } from '../api/ask.ts';
import { sessionOf } from '../session/session.ts';
import { useStore } from '../store.ts';
import { LOOKING, type Verdict } from './fired.ts';
import { lookUntilFired } from './watch-fired.ts';

/** Whether the faults of a request fired, for an operator: one that never fired is an error of whoever asked for it. */
export function FiredFaults({ answer }: { readonly answer: Answer }) {
  const operator = useStore(sessionOf('operator')) !== undefined;
  return operator ? (
    <Looking answer={answer} />
  ) : (
    <p className="quiet">An operator sees here whether the fault fired: log in as one above.</p>
  );
}

function Looking({ answer }: { readonly answer: Answer }) {
  const [{ state, sentences }, setVerdict] = useState<Verdict>(LOOKING);
  useEffect(() => lookUntilFired(answer, setVerdict), [answer]);
  return (
    <div className="fired" data-fired={state} role={state === 'never fired' ? 'alert' : 'status'}>
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </div>
  );
}
