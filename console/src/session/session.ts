/**
 * Who is logged in: a customer at the counter, an operator elsewhere, each on its own, so one window can do both. In
 * sessionStorage: it ends with the tab, and the Content-Security-Policy lets no script but ours read it.
 */
import { type Answer, ask, bodyOf, isOk, type Question } from '../api/ask.ts';
import { type Store, storeOf } from '../store.ts';

export interface Session {
  readonly email: string;
  readonly customerId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: number;
}

interface Tokens {
  readonly customerId: string;
  readonly accessToken: string;
  readonly accessExpiresInS: number;
  readonly refreshToken: string;
}

export type Role = 'customer' | 'operator';

const nameOf = (role: Role): string => `seams.session.${role}`;

const sessions: Readonly<Record<Role, Store<Session | undefined>>> = {
  customer: storeOf(kept('customer')),
  operator: storeOf(kept('operator')),
};

export const sessionOf = (role: Role): Store<Session | undefined> => sessions[role];

function kept(role: Role): Session | undefined {
  const text = sessionStorage.getItem(nameOf(role));
  return text === null ? undefined : (JSON.parse(text) as Session);
}

function keep(role: Role, session: Session | undefined): void {
  if (session) sessionStorage.setItem(nameOf(role), JSON.stringify(session));
  else sessionStorage.removeItem(nameOf(role));
  sessions[role].set(session);
}

export const logOut = (role: Role): void => keep(role, undefined);

export const questionOf = {
  login: (email: string, password: string): Question => ({
    method: 'POST',
    path: '/v1/auth/login',
    body: JSON.stringify({ email, password }),
  }),
  register: (email: string, password: string, displayName: string): Question => ({
    method: 'POST',
    path: '/v1/auth/register',
    body: JSON.stringify({ email, password, displayName }),
  }),
};

/** Logs in or registers; the answer tells how it went. */
export async function begin(role: Role, email: string, question: Question): Promise<Answer> {
  const answer = await ask(question);
  if (isOk(answer)) keep(role, sessionFrom(email, bodyOf<Tokens>(answer)));
  return answer;
}

const sessionFrom = (email: string, { customerId, accessToken, refreshToken, accessExpiresInS }: Tokens): Session => ({
  email,
  customerId,
  accessToken,
  refreshToken,
  expiresAt: Date.now() + accessExpiresInS * 1_000,
});

/** A token that ends sooner could end on its way. */
const FRESH_MS_MIN = 30_000;
const refreshing = new Map<Role, Promise<Session | undefined>>();

/** A refresh token is good for one use, so whoever comes meanwhile waits for the same one. */
async function fresh(role: Role): Promise<Session | undefined> {
  const session = sessions[role].get();
  if (!session || session.expiresAt - Date.now() > FRESH_MS_MIN) return session;
  const underWay = refreshing.get(role) ?? refresh(role, session).finally(() => refreshing.delete(role));
  refreshing.set(role, underWay);
  return underWay;
}

async function refresh(role: Role, session: Session): Promise<Session | undefined> {
  const body = JSON.stringify({ refreshToken: session.refreshToken });
  const answer = await ask({ method: 'POST', path: '/v1/auth/refresh', body });
  // Whoever is refused for good logs in again; when auth is away the old token may still do.
  if (answer.status === 401) keep(role, undefined);
  else if (isOk(answer)) keep(role, sessionFrom(session.email, bodyOf<Tokens>(answer)));
  return sessions[role].get();
}

/** Asks as the one who is logged in. */
export async function askAs(role: Role, question: Question, signal?: AbortSignal): Promise<Answer> {
  const session = await fresh(role);
  const answer = await ask(question, { token: session?.accessToken, ...(signal ? { signal } : {}) });
  if (answer.status === 401 && session === sessions[role].get()) keep(role, undefined);
  return answer;
}
