import { useEffect, useId, useState } from 'react';
import { AnswerCard } from '../api/answer-card.tsx';
import { type Answer, bodyOf, isOk } from '../api/ask.ts';
import { useStore } from '../store.ts';
import { follow, type Lab, type Outcome, predict, predictions, type Run, runLab, type Story, stopRun } from './labs.ts';
import { Timeline } from './timeline.tsx';

interface PanelShown {
  readonly lab: Lab;
  /** The last run of it that the lab runner knows. */
  readonly last: Run | undefined;
  /** Called when a run has begun or ended. */
  readonly onChange: () => void;
}

export function LabPanel({ lab, last, onChange }: PanelShown) {
  const { run, story, failed, busy, begin, stop } = useRun(lab, last, onChange);
  const predicted = useStore(predictions).get(lab.name);
  return (
    <section className="panel stack lab" aria-labelledby="lab">
      <div>
        <h2 id="lab">{lab.question}</h2>
        <About lab={lab} />
      </div>
      <Predict lab={lab} predicted={predicted} locked={story !== undefined} />
      <Buttons
        seconds={lab.seconds}
        isRunning={run?.endedAt === null}
        mayBegin={!busy && predicted !== undefined}
        begin={begin}
        stop={stop}
      />
      {predicted === undefined && (
        <p className="quiet">Predict first: then it can be run, and what it found is shown.</p>
      )}
      {failed && <AnswerCard answer={failed} />}
      <p role="status">{run && stateInWords(run)}</p>
      {story && predicted !== undefined && <Told lab={lab} story={story} predicted={predicted} />}
      <div>
        <h3>Where the code is</h3>
        <ul className="code">
          {[`labs/${lab.name}.ts`, ...lab.code].map((file) => (
            <li key={file}>
              <code>{file}</code>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

/** Follows the last run, and begins and stops one. */
function useRun(lab: Lab, last: Run | undefined, onChange: () => void) {
  const [run, setRun] = useState(last);
  const [story, setStory] = useState<Story>();
  const [failed, setFailed] = useState<Answer>();
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    if (!run) return;
    let over = run.endedAt !== null;
    const onStory = (next: Story): void => {
      setStory(next);
      setFailed(undefined);
      if (next.run.endedAt === null || over) return;
      over = true;
      onChange();
    };
    return follow(run, onStory, setFailed);
  }, [run, onChange]);

  const begin = async (short: boolean): Promise<void> => {
    setBusy(true);
    const answer = await runLab(lab.name, short);
    setBusy(false);
    setFailed(isOk(answer) ? undefined : answer);
    if (!isOk(answer)) return;
    setStory(undefined);
    setRun(bodyOf<Run>(answer));
    onChange();
  };
  const stop = async (): Promise<void> => {
    const answer = await stopRun(run?.id ?? '');
    if (!isOk(answer)) setFailed(answer);
  };
  return { run: story?.run ?? run, story, failed, busy, begin, stop };
}

interface ButtonsShown {
  readonly seconds: Lab['seconds'];
  readonly isRunning: boolean;
  readonly mayBegin: boolean;
  readonly begin: (short: boolean) => Promise<void>;
  readonly stop: () => Promise<void>;
}

function Buttons({ seconds, isRunning, mayBegin, begin, stop }: ButtonsShown) {
  const [short, setShort] = useState(true);
  return (
    <div className="actions">
      <button type="button" className="main" disabled={isRunning || !mayBegin} onClick={() => void begin(short)}>
        {isRunning ? 'It runs…' : 'Run it, with and without'}
      </button>
      {isRunning && (
        <button type="button" onClick={() => void stop()}>
          Stop it
        </button>
      )}
      <label className="choice">
        <input type="checkbox" checked={short} onChange={(event) => setShort(event.target.checked)} />
        In short: some {seconds.short} s instead of {seconds.full}
      </label>
    </div>
  );
}

const MARKS: Readonly<Record<Outcome, string>> = { held: 'held', broken: 'BROKEN', not_seen: 'NOT SEEN' };

const STATES: Readonly<Record<Run['state'], string>> = {
  running: 'It is running.',
  healing: 'It has ended; everything is being healed behind it.',
  held: 'It has ended, and all that must hold has held.',
  broken: 'It has ended, and something that must hold did not.',
  not_seen: 'It has ended, and something could not be seen: that is no verdict. Run it again.',
  failed: 'It could not be carried through.',
  stopped: 'It was stopped.',
};

const stateInWords = ({ state, short, startedAt }: Run): string =>
  `${STATES[state]} Begun at ${new Date(startedAt).toLocaleTimeString()}, ${short ? 'in short' : 'in full'}.`;

function About({ lab }: { readonly lab: Lab }) {
  return (
    <dl className="facts">
      <dt>Lab</dt>
      <dd>
        <code>npm run lab -- {lab.name}</code>, idea {lab.ideas.join(', ')}
      </dd>
      <dt>With</dt>
      <dd>{lab.with}</dd>
      <dt>Without</dt>
      <dd>{lab.without ?? 'there is nothing to leave out'}</dd>
      {lab.fallacy && (
        <>
          <dt>Disproves</dt>
          <dd>“{lab.fallacy}”</dd>
        </>
      )}
    </dl>
  );
}

interface PredictShown {
  readonly lab: Lab;
  readonly predicted: number | undefined;
  /** Once something is shown it is no prediction any more. */
  readonly locked: boolean;
}

function Predict({ lab: { name, prediction }, predicted, locked }: PredictShown) {
  const id = useId();
  return (
    <fieldset className="predict" disabled={locked && predicted !== undefined}>
      <legend>{prediction.ask}</legend>
      {prediction.answers.map((answer, at) => (
        <label key={answer} className="choice">
          <input type="radio" name={id} checked={predicted === at} onChange={() => predict(name, at)} />
          {answer}
        </label>
      ))}
    </fieldset>
  );
}

interface ToldShown {
  readonly lab: Lab;
  readonly story: Story;
  readonly predicted: number;
}

function Told({ lab, story: { lines, sentences, found, failures }, predicted }: ToldShown) {
  return (
    <>
      {found && <Numbers lab={lab} found={found} predicted={predicted} />}
      {failures.map((why) => (
        <p key={why} role="alert" className="why">
          {why}
        </p>
      ))}
      {sentences.length > 0 && (
        <ul className="sentences">
          {sentences.map(({ sentence, outcome, notSeen }) => (
            <li key={sentence} data-outcome={outcome}>
              <strong>{MARKS[outcome]}</strong> {sentence}
              {notSeen && <p className="quiet">Missing: {notSeen}.</p>}
            </li>
          ))}
        </ul>
      )}
      {lines.length > 0 && (
        <pre className="lines" role="log" aria-label="What it says" tabIndex={0}>
          {lines.join('\n')}
        </pre>
      )}
      {found && found.traces.length > 0 && <Timeline traces={found.traces} />}
      {found && (
        <ul className="code">
          {found.lookAt.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </>
  );
}

interface NumbersShown {
  readonly lab: Lab;
  readonly found: NonNullable<Story['found']>;
  readonly predicted: number;
}

function Numbers({ lab, found: { withPattern, withoutPattern }, predicted }: NumbersShown) {
  const { answers, right } = lab.prediction;
  return (
    <>
      <dl className="numbers">
        <div>
          <dt>With {lab.with}</dt>
          <dd data-number="with">{withPattern}</dd>
        </div>
        {withoutPattern !== undefined && (
          <div>
            <dt>Without it</dt>
            <dd data-number="without">{withoutPattern}</dd>
          </div>
        )}
      </dl>
      <p className="predicted">
        {predicted === right
          ? 'You predicted it.'
          : `You predicted “${answers[predicted]}”. It is: “${answers[right]}”.`}
      </p>
    </>
  );
}
