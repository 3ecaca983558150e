import { type FormEvent, useId, useState } from 'react';
import type { Answer } from '../api/ask.ts';
import { breakByPlan, type RandomRun } from './breakage.ts';

const SECONDS = 60;
const SECONDS_MAX = 600;
const SEED_MAX = 4_294_967_295;
const SEEDS_DRAWN = 10_000;

const drawn = (): number => 1 + Math.floor(Math.random() * SEEDS_DRAWN);

interface PlanShown {
  readonly random: RandomRun | null;
  readonly onAnswer: (answer: Answer) => void;
}

export function ByPlan({ random, onAnswer }: PlanShown) {
  const [seed, setSeed] = useState(drawn);
  const [seconds, setSeconds] = useState(SECONDS);
  const [siblings, setSiblings] = useState(false);
  const id = useId();

  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void breakByPlan({ seed, seconds, siblings }).then(onAnswer);
  };
  return (
    <form className="panel" aria-labelledby={`${id}h`} onSubmit={onSubmit}>
      <h2 id={`${id}h`}>By chance</h2>
      <div className="pair">
        <div className="field">
          <label htmlFor={`${id}s`}>Seed</label>
          <input
            id={`${id}s`}
            type="number"
            min={1}
            max={SEED_MAX}
            required
            value={seed}
            onChange={(event) => setSeed(Number(event.target.value))}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}t`}>Seconds</label>
          <input
            id={`${id}t`}
            type="number"
            min={1}
            max={SECONDS_MAX}
            required
            value={seconds}
            onChange={(event) => setSeconds(Number(event.target.value))}
          />
        </div>
        <button type="button" onClick={() => setSeed(drawn())}>
          Another seed
        </button>
      </div>
      <label className="choice">
        <input type="checkbox" checked={siblings} onChange={(event) => setSiblings(event.target.checked)} />
        Also two replicas of one service at once
      </label>
      <p className="will">
        Every 2 to 6 seconds one process of the services, Postgres or Kafka is killed, frozen or restarted, and comes
        back;
        {siblings
          ? ' all replicas of a service may be down together.'
          : ' where a service has two replicas, one goes on.'}{' '}
        The same seed breaks the same things at the same times. At the end everything is healed.
      </p>
      <div role="status">{random && <p className="plan">{progressOf(random)}</p>}</div>
      <button type="submit" className="danger" disabled={random !== null}>
        Break by seed {seed}
      </button>
    </form>
  );
}

const progressOf = ({ seed, done, planned, next }: RandomRun): string =>
  `Seed ${seed}: ${done} of ${planned} done${next ? `, next: ${next.fault} ${next.process}` : ''}.`;
