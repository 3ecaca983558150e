/** One question to the gateway and all that is worth showing of its answer. */

export interface Question {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** Sent byte for byte; so the same question can be sent again. */
  readonly body?: string;
  readonly key?: string;
  /** What is to go wrong with this one: Seams-Fault, and what it does without: Seams-Without. */
  readonly lab?: { readonly faults?: string; readonly without?: string };
}

export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly reason: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

export interface Answer {
  readonly question: Question;
  /** 0 when no answer came. */
  readonly status: number;
  readonly ms: number;
  readonly text: string;
  readonly traceId: string | undefined;
  readonly degraded: string | undefined;
  readonly replayed: boolean;
  readonly retryAfterS: number | undefined;
  readonly problem: Problem | undefined;
}

/** The question can be asked again unchanged: the token is no part of it. */
export async function ask(
  question: Question,
  more: { readonly token?: string | undefined; readonly signal?: AbortSignal } = {},
): Promise<Answer> {
  const { method, path, body, key, lab } = question;
  const startedAt = performance.now();
  // Known before the answer: a fault may lose the answer, and its trace says whether the fault fired.
  const ownTraceId = lab === undefined ? undefined : hexDigits(32);
  const headers: Record<string, string> = {
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(key === undefined ? {} : { 'Idempotency-Key': key }),
    ...(lab?.faults ? { 'Seams-Fault': lab.faults } : {}),
    ...(lab?.without ? { 'Seams-Without': lab.without } : {}),
    ...(ownTraceId === undefined ? {} : { traceparent: `00-${ownTraceId}-${hexDigits(16)}-01` }),
    ...(more.token === undefined ? {} : { Authorization: `Bearer ${more.token}` }),
  };
  const elapsed = (): number => Math.round(performance.now() - startedAt);
  try {
    const response = await fetch(path, {
      method,
      headers,
      cache: 'no-store',
      ...(body === undefined ? {} : { body }),
      ...(more.signal ? { signal: more.signal } : {}),
    });
    const text = await response.text();
    const of = (name: string): string | undefined => response.headers.get(name) ?? undefined;
    const retryAfter = of('Retry-After');
    return {
      question,
      status: response.status,
      ms: elapsed(),
      text,
      traceId: of('trace-id') ?? ownTraceId,
      degraded: of('Seams-Degraded'),
      replayed: of('Idempotency-Replayed') === 'true',
      retryAfterS: retryAfter === undefined ? undefined : Number(retryAfter),
      problem: of('Content-Type')?.startsWith('application/problem+json') ? (JSON.parse(text) as Problem) : undefined,
    };
  } catch (error) {
    if (more.signal?.aborted) throw error;
    const lost = { status: 0, traceId: ownTraceId, degraded: undefined, replayed: false, retryAfterS: undefined };
    return { question, ...lost, ms: elapsed(), text: '', problem: noAnswer(error) };
  }
}

/** At most 32. */
const hexDigits = (count: number): string => crypto.randomUUID().replaceAll('-', '').slice(0, count);

const noAnswer = (error: unknown): Problem => ({
  title: 'No answer',
  status: 0,
  detail: `The connection broke or there was none (${error instanceof Error ? error.message : String(error)}).`,
  reason: 'no_answer',
});

export const isOk = ({ status }: Answer): boolean => status >= 200 && status < 300;

/** Nobody is logged in, may see it or has it here: asked again it is answered the same. */
export const isForGood = ({ status }: Answer): boolean => [401, 403, 404].includes(status);

export const bodyOf = <T>({ text }: Answer): T => JSON.parse(text) as T;
