import { type FormEvent, useId, useState } from 'react';
import { AnswerCard } from '../api/answer-card.tsx';
import { type Answer, ask, isOk, type Question } from '../api/ask.ts';
import { Login } from '../session/login.tsx';
import { askAs, begin, questionOf, sessionOf } from '../session/session.ts';
import { useStore } from '../store.ts';
import { FiredFaults } from './fired-faults.tsx';
import { ACTIONS, type Action, PATTERNS, PLACES, planOf, sentenceOf, type Wish } from './request-faults.ts';

const CAFE = 'harbour';
const START_CENTS = 2_000;
const DELAY_MS_MAX = 60_000;
const ANSWERS_MAX = 10;

interface Sent {
  readonly id: string;
  readonly answer: Answer;
  /** The text of the first answer under this key, unless this is it. */
  readonly first?: string;
}

/** The same intent without the fault: what a client does that got no answer. */
const sameAgain = ({ method, path, body = '', key = '' }: Question): Question => ({ method, path, body, key });

export function OneRequest() {
  const session = useStore(sessionOf('customer'));
  const [sent, setSent] = useState<readonly Sent[]>([]);
  const send = async (question: Question): Promise<void> => {
    const answer = await askAs('customer', question);
    setSent((before) => {
      const first = before.findLast((one) => one.answer.question.key === question.key && isOk(one.answer))?.answer.text;
      const next = { id: crypto.randomUUID(), answer, ...(first === undefined ? {} : { first }) };
      return [next, ...before].slice(0, ANSWERS_MAX);
    });
  };
  return (
    <section className="stack" aria-labelledby="request">
      <div className="panel">
        <h2 id="request">One request</h2>
        <p className="quiet">
          One order of an espresso at the harbour, and what goes wrong with it alone. It needs a customer with money.
        </p>
        <Login role="customer" />
        {!session && <SomebodyNew />}
        <RequestForm mayOrder={session !== undefined} onSend={send} />
      </div>
      <p className="unseen" role="status">
        {sent[0] && `The order was answered with ${sent[0].answer.status}`}
      </p>
      {sent.map(({ id, answer, first }) => (
        <AnswerCard key={id} answer={answer} first={first} onAgain={() => void send(sameAgain(answer.question))}>
          {answer.question.lab?.faults && <FiredFaults answer={answer} />}
        </AnswerCard>
      ))}
    </section>
  );
}

/** A password that nobody needs to know: the wallet is for a few orders. */
function SomebodyNew() {
  const [wrong, setWrong] = useState('');
  const become = async (): Promise<void> => {
    const [email, password] = [`${crypto.randomUUID().slice(0, 13)}@break.example`, crypto.randomUUID()];
    const answer = await begin('customer', email, questionOf.register(email, password, 'Somebody'));
    setWrong(answer.problem?.detail ?? '');
    const token = sessionOf('customer').get()?.accessToken;
    const body = JSON.stringify({ amountCents: START_CENTS });
    if (isOk(answer))
      await ask({ method: 'POST', path: '/v1/wallet/top-ups', body, key: crypto.randomUUID() }, { token });
  };
  return (
    <>
      <button type="button" onClick={() => void become()}>
        Be somebody new, with €20.00
      </button>
      <p role="alert">{wrong}</p>
    </>
  );
}

interface FormShown {
  readonly mayOrder: boolean;
  readonly onSend: (question: Question) => Promise<void>;
}

function RequestForm({ mayOrder, onSend }: FormShown) {
  const [wish, setWish] = useState<Wish>({
    operation: 'business-logic.PlaceOrder',
    action: 'drop-reply',
    delayMs: 800,
    once: false,
  });
  const [byHand, setByHand] = useState('');
  const [without, setWithout] = useState('');
  const [busy, setBusy] = useState(false);
  const faults = byHand.trim() || planOf(wish);

  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    setBusy(true);
    const lab = { faults, ...(without === '' ? {} : { without }) };
    const body = JSON.stringify({ cafeId: CAFE, items: [{ itemId: `${CAFE}-espresso`, quantity: 1 }] });
    void onSend({ method: 'POST', path: '/v1/orders', body, key: crypto.randomUUID(), lab }).then(() => setBusy(false));
  };
  return (
    <form onSubmit={onSubmit} aria-label="One order with a fault">
      <div className="pair places">
        <Choice label="Where" value={wish.operation} onChange={(operation) => setWish({ ...wish, operation })}>
          {PLACES.map(({ operation, name }) => [operation, `${operation}: ${name}`] as const)}
        </Choice>
        <Choice label="What" value={wish.action} onChange={(action) => setWish({ ...wish, action: action as Action })}>
          {ACTIONS.map((action) => [action, action] as const)}
        </Choice>
        <Choice label="Without" value={without} onChange={setWithout}>
          {[['', 'with every pattern'] as const, ...PATTERNS.map((name) => [name, `without ${name}`] as const)]}
        </Choice>
      </div>
      <Details wish={wish} onWish={setWish} byHand={byHand} onByHand={setByHand} />
      <p className="will" role="status">
        {byHand.trim() === '' ? sentenceOf(wish) : 'What the plan says; docs/faults.md has its words.'}
      </p>
      <p>
        <code>Seams-Fault: {faults}</code>
      </p>
      <button type="submit" className="danger" disabled={busy || !mayOrder}>
        Send one order
      </button>
    </form>
  );
}

interface DetailsShown {
  readonly wish: Wish;
  readonly onWish: (wish: Wish) => void;
  readonly byHand: string;
  readonly onByHand: (plan: string) => void;
}

function Details({ wish, onWish, byHand, onByHand }: DetailsShown) {
  const id = useId();
  return (
    <>
      {wish.action === 'delay' && (
        <div className="field seconds">
          <label htmlFor={`${id}d`}>Milliseconds</label>
          <input
            id={`${id}d`}
            type="number"
            min={1}
            max={DELAY_MS_MAX}
            required
            value={wish.delayMs}
            onChange={(event) => onWish({ ...wish, delayMs: Number(event.target.value) })}
          />
        </div>
      )}
      <label className="choice">
        <input
          type="checkbox"
          checked={wish.once}
          onChange={(event) => onWish({ ...wish, once: event.target.checked })}
        />
        Only the first time, so that a second attempt gets through
      </label>
      <div className="field">
        <label htmlFor={`${id}h`}>Or a plan by hand</label>
        <input
          id={`${id}h`}
          value={byHand}
          placeholder="storage.CommitOrder=drop-reply/server; auth.Authenticate=delay:300@0.5"
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onByHand(event.target.value)}
        />
      </div>
    </>
  );
}

interface ChoiceShown {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly children: readonly (readonly [value: string, name: string])[];
}

function Choice({ label, value, onChange, children }: ChoiceShown) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        {children.map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
