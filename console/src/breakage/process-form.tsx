import { type FormEvent, useId, useState } from 'react';
import type { Answer } from '../api/ask.ts';
import { type Breakage, breakOne, type Fault, type Wanted } from './breakage.ts';

const FREEZE_S = 20;
const FREEZE_S_MAX = 300;
/** Before the name of a service of which one more is wanted. */
const MORE = '+';

const VERBS: Readonly<Record<Fault, string>> = {
  kill: 'Kill',
  freeze: 'Freeze',
  thaw: 'Thaw',
  restart: 'Restart',
  remove: 'Remove',
  add: 'Add a replica of',
};

interface FormShown {
  readonly breakage: Breakage;
  readonly onAnswer: (answer: Answer) => void;
}

export function OneProcess({ breakage, onAnswer }: FormShown) {
  const [chosen, setChosen] = useState('storage-1');
  const [wish, setWish] = useState<Fault>('kill');
  const [seconds, setSeconds] = useState(FREEZE_S);
  const [busy, setBusy] = useState(false);
  const id = useId();

  const offered = offersOf(breakage, chosen);
  const offer = offered.find(({ fault }) => fault === wish) ?? offered[0];
  const name = chosen.replace(MORE, '');
  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (!offer) return;
    setBusy(true);
    const { fault } = offer;
    const wanted: Wanted = { fault, name, ...(fault === 'freeze' ? { forS: seconds } : {}) };
    void breakOne(wanted).then((answer) => {
      setBusy(false);
      onAnswer(answer);
    });
  };
  return (
    <form className="panel" aria-labelledby={`${id}h`} onSubmit={onSubmit}>
      <h2 id={`${id}h`}>A process</h2>
      <WhichOne breakage={breakage} chosen={chosen} onChoose={setChosen} />
      <fieldset>
        <legend>What happens to it</legend>
        {offered.map(({ fault }) => (
          <label key={fault} className="choice">
            <input type="radio" name={`${id}f`} checked={fault === offer?.fault} onChange={() => setWish(fault)} />
            {VERBS[fault].replace(' of', '')}
          </label>
        ))}
        {offered.length === 0 && <p className="quiet">Nothing now: it is on its way.</p>}
      </fieldset>
      {offer?.fault === 'freeze' && (
        <div className="field seconds">
          <label htmlFor={`${id}s`}>For how many seconds</label>
          <input
            id={`${id}s`}
            type="number"
            min={1}
            max={FREEZE_S_MAX}
            required
            value={seconds}
            onChange={(event) => setSeconds(Number(event.target.value))}
          />
        </div>
      )}
      <p className="will" role="status">
        {offer && sentenceFor(offer, seconds)}
      </p>
      <button type="submit" className="danger" disabled={busy || !offer}>
        {offer ? `${VERBS[offer.fault]} ${name}` : 'Wait'}
      </button>
    </form>
  );
}

interface WhichShown {
  readonly breakage: Breakage;
  readonly chosen: string;
  readonly onChoose: (chosen: string) => void;
}

function WhichOne({ breakage: { targets, services }, chosen, onChoose }: WhichShown) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>Which one</label>
      <select id={id} value={chosen} onChange={(event) => onChoose(event.target.value)}>
        <optgroup label="One that there is">
          {targets.map(({ process, state }) => (
            <option key={process} value={process}>
              {state === 'ready' ? process : `${process} (${state})`}
            </option>
          ))}
        </optgroup>
        <optgroup label="One more of">
          {services.map(({ service, replicas }) => (
            <option key={service} value={MORE + service}>
              {service} (now {replicas})
            </option>
          ))}
        </optgroup>
      </select>
    </div>
  );
}

interface Offer {
  readonly fault: Fault;
  readonly sentence: string;
}

function offersOf({ targets, services }: Breakage, chosen: string): readonly Offer[] {
  if (!chosen.startsWith(MORE)) return targets.find(({ process }) => process === chosen)?.faults ?? [];
  const service = services.find((one) => MORE + one.service === chosen);
  return service ? [{ fault: 'add', sentence: service.sentence }] : [];
}

/** The sentence says how long a freeze lasts when nothing is said. */
const sentenceFor = ({ fault, sentence }: Offer, seconds: number): string =>
  fault === 'freeze' ? sentence.replace(`for ${FREEZE_S} s`, `for ${seconds} s`) : sentence;
