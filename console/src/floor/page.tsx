import { useEffect, useState } from 'react';
import { AnswerCard } from '../api/answer-card.tsx';
import type { Answer } from '../api/ask.ts';
import { Login } from '../session/login.tsx';
import { sessionOf } from '../session/session.ts';
import { useStore } from '../store.ts';
import { DOTS_PER_SECOND_MAX } from './dots.ts';
import { type Floor, follow, type Process } from './floor.ts';
import { FloorMap } from './floor-map.tsx';
import { Arrows, Outbox, Processes } from './tables.tsx';
import './floor.css';

export function FloorPage() {
  const session = useStore(sessionOf('operator'));
  return (
    <>
      <h1>Floor</h1>
      <p className="quiet">
        Every process, every 0.8 s, as it looks from outside: does it answer, what goes from whom to whom. A dot is a
        request; above {DOTS_PER_SECOND_MAX} a second it stands for several.
      </p>
      <section className="panel" aria-label="Operator">
        <Login role="operator" />
      </section>
      {session && <LiveFloor />}
    </>
  );
}

/** A picture is a second old at most; one that is older is shown, and says so. */
const OLD_MS_MIN = 2_500;

function LiveFloor() {
  const [floor, setFloor] = useState<Floor>();
  const [failed, setFailed] = useState<Answer>();
  const [seenAt, setSeenAt] = useState(0);
  const [now, setNow] = useState(() => performance.now());
  const still = useReducedMotion();

  useEffect(
    () =>
      follow(
        (next) => {
          setFloor(next);
          setFailed(undefined);
          setSeenAt(performance.now());
        },
        (answer) => setFailed(answer),
      ),
    [],
  );
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 500);
    return () => clearInterval(timer);
  }, []);

  const old = floor !== undefined && now - seenAt > OLD_MS_MIN;
  return (
    <div className="floor stack">
      {failed && <AnswerCard answer={failed} />}
      {old && <p className="old">This picture is {Math.round((now - seenAt) / 1_000)} s old.</p>}
      {floor && (
        <>
          <p role="status" className="summary" data-ill={floor.processes.some(({ state }) => state !== 'ready')}>
            {summaryOf(floor.processes)}
          </p>
          <FloorMap floor={floor} still={still || old} />
          <div className="tables">
            <div className="stack">
              <Processes floor={floor} />
            </div>
            <div className="stack">
              <Arrows floor={floor} />
              <Outbox floor={floor} />
            </div>
          </div>
        </>
      )}
    </div>
  );
}

/** Changes only when somebody's state does, so a screen reader is told of that alone. */
function summaryOf(processes: readonly Process[]): string {
  const ill = processes.filter(({ state }) => state !== 'ready');
  if (ill.length === 0) return `All ${processes.length} processes are ready.`;
  return `${ill.map(({ name, state }) => `${name} is ${state}`).join(', ')}; ${processes.length - ill.length} are ready.`;
}

function useReducedMotion(): boolean {
  const [reduced, setReduced] = useState(() => matchMedia('(prefers-reduced-motion: reduce)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-reduced-motion: reduce)');
    const changed = (): void => setReduced(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  return reduced;
}
