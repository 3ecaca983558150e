/** One request, sent once, with what a lab wants of it; and many of them at a rate, whatever becomes of those before. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { noteFaults } from './fired.ts';

export interface Asking {
  readonly path: string;
  readonly token: string;
  /** Makes it an order of one espresso there, under a key of its own. */
  readonly cafeId?: string;
  readonly faults?: string | undefined;
  readonly without?: string | undefined;
  /** How long the client wants to wait. */
  readonly timeoutMs?: number;
}

export interface Asked {
  /** Unix time in milliseconds. */
  readonly sentAt: number;
  readonly ms: number;
  readonly status: number;
  /** Of a problem; empty for what went well. */
  readonly reason: string;
  readonly traceId: string;
}

export async function askOnce(url: string, asking: Asking): Promise<Asked> {
  const { path, token, cafeId, faults, without, timeoutMs } = asking;
  const headers = {
    authorization: `Bearer ${token}`,
    ...(cafeId ? { 'content-type': 'application/json', 'idempotency-key': randomUUID() } : {}),
    ...(faults ? { 'seams-fault': faults } : {}),
    ...(without ? { 'seams-without': without } : {}),
    ...(timeoutMs ? { 'request-timeout-ms': String(timeoutMs) } : {}),
  };
  const body = JSON.stringify({ cafeId, items: [{ itemId: `${cafeId}-espresso`, quantity: 1 }] });
  const sentAt = Date.now();
  const startedAt = performance.now();
  const response = await fetch(`${url}${path}`, cafeId ? { method: 'POST', headers, body } : { headers });
  const { reason = '' } = (await response.json()) as { reason?: string };
  const traceId = response.headers.get('trace-id') ?? '';
  noteFaults(faults, traceId);
  return { sentAt, ms: performance.now() - startedAt, status: response.status, reason, traceId };
}

/** An open loop: one that is due is sent. Ends when all that were sent have their answers. */
export async function atRate(
  perSecond: number,
  whether: (sent: number) => boolean,
  ask: (n: number) => Promise<Asked>,
): Promise<Asked[]> {
  const startedAt = performance.now();
  const asked: Promise<Asked>[] = [];
  while (whether(asked.length)) {
    asked.push(ask(asked.length));
    await sleep(Math.max(0, startedAt + (asked.length * 1_000) / perSecond - performance.now()));
  }
  return Promise.all(asked);
}

/** Milliseconds from `since` until a second begins of whose answers this share or more are so; undefined when none does. */
export function msUntil(
  answers: readonly Asked[],
  since: number,
  { share, so }: { share: number; so: (asked: Asked) => boolean },
): number | undefined {
  const later = answers.filter(({ sentAt }) => sentAt >= since).sort((a, b) => a.sentAt - b.sentAt);
  const end = later.at(-1)?.sentAt ?? 0;
  for (const { sentAt } of later) {
    if (sentAt + WINDOW_MS > end) return undefined;
    const second = later.filter((one) => one.sentAt >= sentAt && one.sentAt < sentAt + WINDOW_MS);
    if (second.filter(so).length >= share * second.length) return sentAt - since;
  }
  return undefined;
}
const WINDOW_MS = 1_000;

export const medianMs = (asked: readonly Asked[]): number =>
  asked.map(({ ms }) => ms).sort((a, b) => a - b)[Math.floor(asked.length / 2)] ?? 0;
