/** The REST API as the operator sees it: reads only. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Rest {
  /** @throws NotAnswered */
  get(path: string): Promise<Reply>;
}

/** The system (the API, or Kafka) gave no answer, so nothing is known: no breach, and no pass either. */
export class NotAnswered extends Error {}

interface Account {
  readonly email: string;
  readonly password: string;
}

interface Reply {
  readonly status: number;
  readonly text: string;
}

const ANSWER_MS_MAX = 5_000;
const ATTEMPTS_MAX = 5;
/** Not done, try later: what a gateway under load may say without anything being wrong. A token ends while an audit lasts. */
const NO_ANSWERS: readonly number[] = [401, 429, 503, 504];

/**
 * Logs in. Without an answer no question over REST has one, and all that SQL and Kafka tell is looked at all the same.
 * @throws Error when the login is refused
 */
export async function operatorOf(url: string, account: Account): Promise<Rest> {
  try {
    const accessToken = await loggedIn(url, account);
    return { get: (path) => send(`${url}${path}`, { headers: { authorization: `Bearer ${accessToken}` } }) };
  } catch (error) {
    if (!(error instanceof NotAnswered)) throw error;
    return { get: () => Promise.reject(error) };
  }
}

async function loggedIn(url: string, { email, password }: Account): Promise<string> {
  const login = await send(`${url}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  if (login.status !== 200) throw new Error(`the operator's login answered ${login.status} ${login.text}`);
  return (JSON.parse(login.text) as { accessToken: string }).accessToken;
}

async function send(url: string, request: RequestInit): Promise<Reply> {
  for (let attempts = 1; ; attempts++) {
    const { reply, noAnswer, retryAfter } = await attempt(url, request);
    if (reply) return reply;
    if (attempts === ATTEMPTS_MAX) {
      const asked = `${request.method ?? 'GET'} ${new URL(url).pathname}`;
      throw new NotAnswered(`${asked} was not answered in ${ATTEMPTS_MAX} attempts: ${noAnswer}`);
    }
    await sleep(Number(retryAfter ?? 1) * 1_000);
  }
}

interface Attempt {
  readonly reply?: Reply;
  readonly noAnswer?: string;
  readonly retryAfter?: string | null;
}

/** An old answer that stands in while a part is silent (Seams-Degraded) is none: it says nothing of now. */
async function attempt(url: string, request: RequestInit): Promise<Attempt> {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    const text = await response.text();
    const { status, headers } = response;
    const stale = /\w+=stale[^,]*/.exec(headers.get('seams-degraded') ?? '')?.[0];
    if (!stale && !NO_ANSWERS.includes(status)) return { reply: { status, text } };
    return { noAnswer: [status, stale].filter(Boolean).join(' '), retryAfter: headers.get('retry-after') };
  } catch (error) {
    const { message, cause } = error as Error;
    return { noAnswer: cause instanceof Error && cause.message !== '' ? `${message} (${cause.message})` : message };
  }
}
