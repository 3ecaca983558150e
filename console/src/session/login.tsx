import { type FormEvent, useId, useState } from 'react';
import type { Answer } from '../api/ask.ts';
import { useStore } from '../store.ts';
import { begin, logOut, questionOf, type Role, sessionOf } from './session.ts';
import './login.css';

interface LoginShown {
  readonly role: Role;
  /** Whether somebody new may register here. */
  readonly mayRegister?: boolean;
  readonly onAnswer?: (answer: Answer) => void;
}

const WHO: Readonly<Record<Role, string>> = { customer: 'a customer', operator: 'an operator' };

export function Login({ role, mayRegister = false, onAnswer }: LoginShown) {
  const session = useStore(sessionOf(role));
  if (session) {
    return (
      <p className="who">
        Logged in as <strong>{session.email}</strong>{' '}
        <button type="button" onClick={() => logOut(role)}>
          Log out
        </button>
      </p>
    );
  }
  return <LoginForm role={role} mayRegister={mayRegister} {...(onAnswer ? { onAnswer } : {})} />;
}

function LoginForm({ role, mayRegister, onAnswer }: LoginShown) {
  const [isNew, setNew] = useState(false);
  const [wrong, setWrong] = useState('');
  const [busy, setBusy] = useState(false);

  const send = async (form: FormData): Promise<void> => {
    const [email, password, name] = ['email', 'password', 'name'].map((field) => String(form.get(field) ?? '').trim());
    setBusy(true);
    const question = isNew
      ? questionOf.register(email ?? '', password ?? '', name ?? '')
      : questionOf.login(email ?? '', password ?? '');
    const answer = await begin(role, email ?? '', question);
    setBusy(false);
    setWrong(answer.problem?.detail ?? '');
    onAnswer?.(answer);
  };
  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void send(new FormData(event.currentTarget));
  };

  return (
    <form className="login" onSubmit={onSubmit} aria-label={isNew ? 'Register' : `Log in as ${WHO[role]}`}>
      {isNew && <Field name="name" label="Name" autoComplete="name" />}
      <Field name="email" label="Email" type="email" autoComplete="username" />
      <Field
        name="password"
        label="Password"
        type="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
      />
      <div className="actions">
        <button type="submit" className="main" disabled={busy}>
          {isNew ? 'Register' : 'Log in'}
        </button>
        {mayRegister && (
          <button type="button" onClick={() => setNew(!isNew)}>
            {isNew ? 'I have an account' : 'I am new here'}
          </button>
        )}
      </div>
      <p role="alert">{wrong}</p>
    </form>
  );
}

interface FieldShown {
  readonly name: string;
  readonly label: string;
  readonly type?: string;
  readonly autoComplete: string;
}

function Field({ name, label, type = 'text', autoComplete }: FieldShown) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} name={name} type={type} autoComplete={autoComplete} required />
    </div>
  );
}
