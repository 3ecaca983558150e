/** Requests as bytes, for no client sends these; and what each refusal of them owes. */
import { afterAll, beforeAll, beforeEach, expect } from '@jest/globals';
import { type HttpReason, STATUS_OF_REASON } from '../src/edge/http/problem.ts';
import { problem } from '../src/edge/http/schemas.ts';
import { TOKEN } from './answers.ts';
import { HOST, raw, startWorld, type World } from './stand-ins.ts';

export let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.calls.length = 0;
});

export const ITEM = 'harbour-espresso';
export const bearer = `Authorization: Bearer ${TOKEN}`;
export const json = 'Content-Type: application/json';
export const key = 'Idempotency-Key: key-1';
export const good = JSON.stringify({ cafeId: 'harbour', items: [{ itemId: ITEM, quantity: 1 }] });

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export async function send(head: readonly string[], body: string | Buffer = ''): Promise<Answer> {
  const bytes = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body)]);
  return answerOf(await raw(world.gateway.port, bytes));
}

export function answerOf(text: string): Answer {
  const end = text.indexOf('\r\n\r\n');
  const head = text.slice(0, end);
  const body = text.slice(end + 4);
  const [first = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => [line.split(': ')[0]?.toLowerCase(), line.split(': ').slice(1).join(': ')]);
  return { status: Number(first.split(' ')[1]), headers: Object.fromEntries(headers), body };
}

export const start = (line: string): string[] => [`${line} HTTP/1.1`, `Host: ${HOST}`, 'Connection: close'];
export const get = (path: string, ...headers: string[]): Promise<Answer> => send([...start(`GET ${path}`), ...headers]);
export const post = (path: string, headers: readonly string[], body: string | Buffer): Promise<Answer> =>
  send([...start(`POST ${path}`), ...headers, `Content-Length: ${Buffer.byteLength(body)}`], body);
export const order = (body: string | Buffer): Promise<Answer> => post('/v1/orders', [bearer, json, key], body);
export const ordering = (change: object): Promise<Answer> => order(JSON.stringify({ ...JSON.parse(good), ...change }));
export const topUp = (amountCents: unknown): Promise<Answer> =>
  post('/v1/wallet/top-ups', [bearer, json, key], `{"amountCents":${String(amountCents)}}`);
export const registering = (change: object): Promise<Answer> =>
  post('/v1/auth/register', [json], JSON.stringify({ email: 'a@b.io', password: 'p', displayName: 'A', ...change }));
export const deep = (depth: number): string => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;

export async function expectProblem(answer: Answer, reason: HttpReason): Promise<void> {
  const body = problem.strict().safeParse(JSON.parse(answer.body)).data;
  expect(body).toMatchObject({ type: 'about:blank', status: answer.status, reason });
  expect(answer.status).toBe(STATUS_OF_REASON[reason]);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.headers['trace-id']).toMatch(/^[0-9a-f]{32}$/);
  expect(answer.headers['traceparent']).toContain(answer.headers['trace-id']);
  expect(answer.body).not.toMatch(/\n +at |node_modules|Nest|fastify|Zod/i);
  expect(world.calls.filter((call) => call !== 'Authenticate')).toEqual([]);
  if (answer.status === 401) expect(answer.headers['www-authenticate']).toBe('Bearer');
}
