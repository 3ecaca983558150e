/** The REST API as the operator sees it: reads only. */

export interface Rest {
  get(path: string): Promise<Reply>;
}

interface Reply {
  readonly status: number;
  readonly text: string;
  /** That the answer is an old one, in the gateway's own words: it stands in where a part is silent for a moment. */
  readonly stale: string | undefined;
}

const ANSWER_MS_MAX = 5_000;
const ATTEMPTS_MAX = 5;
/** Not done, try later: what a gateway under load may say without anything being wrong. */
const TRY_LATER: readonly number[] = [429, 503, 504];

export async function operatorOf(
  url: string,
  account: { readonly email: string; readonly password: string },
): Promise<Rest> {
  const { email, password } = account;
  const login = await send(`${url}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  if (login.status !== 200) throw new Error(`the operator's login answered ${login.status} ${login.text}`);
  const { accessToken } = JSON.parse(login.text) as { accessToken: string };
  return { get: (path) => send(`${url}${path}`, { headers: { authorization: `Bearer ${accessToken}` } }) };
}

async function send(url: string, request: RequestInit): Promise<Reply> {
  for (let attempts = 1; ; attempts++) {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    const text = await response.text();
    const { status } = response;
    const stale = /\w+=stale[^,]*/.exec(response.headers.get('seams-degraded') ?? '')?.[0];
    if ((!TRY_LATER.includes(status) && !stale) || attempts === ATTEMPTS_MAX) return { status, text, stale };
    const seconds = Number(response.headers.get('retry-after') ?? 1);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  }
}
