/** Keys sent once more: the same content must get the same bytes, other content a 422. No faults are given here. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, isDefinite, outcomeOf, reasonOf, sameAnswer } from './answers.ts';
import { backoffMs, bodyOf, type Pursued, type Run } from './pursue.ts';
import { type Random, randomOf, STREAM } from './random.ts';

export interface Replays {
  readonly sent: number;
  readonly equal: number;
  /** Each with its key and what was different. */
  readonly differing: readonly string[];
}

const AT_ONCE_MAX = 16;
const ATTEMPTS_MAX = 8;
export const OTHER_CONTENT_MAX = 20;

/**
 * Compares with the first definite answer. Where the very first one was lost, that answer was itself a replay, so two
 * replays are compared.
 */
export async function replay(
  run: Run,
  pursued: readonly Pursued[],
  max: number,
  progress: (sent: number, of: number) => void,
): Promise<Replays> {
  const chosen = sample(
    pursued.filter(({ end }) => isDefinite(end)),
    max,
    randomOf(run.seed, STREAM.replays),
  );
  const differing: string[] = [];
  let sent = 0;
  await each(chosen, async (one) => {
    const again = await definiteAnswer(run, one, bodyOf(one));
    const difference = differenceOf(one.answer as Answer, again);
    if (difference) differing.push(`${one.key}: ${difference}`);
    progress(++sent, chosen.length);
  });
  return { sent: chosen.length, equal: chosen.length - differing.length, differing };
}

function differenceOf(first: Answer, again: Answer | undefined): string | undefined {
  if (!again) return `no definite answer in ${ATTEMPTS_MAX} attempts`;
  if (first.status !== again.status) return `${first.status} first, ${again.status} ${reasonOf(again)} when sent again`;
  if (!sameAnswer(first, again)) return `first ${first.body.toString()}, when sent again ${again.body.toString()}`;
  return first.status < 300 && !again.replayed ? 'sent again it was done anew: no Idempotency-Replayed' : undefined;
}

/** The same keys with one more of the first item. */
export async function sendOtherContent(run: Run, pursued: readonly Pursued[]): Promise<Replays> {
  const chosen = sample(
    pursued.filter(({ end }) => end === 'ok'),
    OTHER_CONTENT_MAX,
    randomOf(run.seed, STREAM.replays, 1),
  );
  const differing: string[] = [];
  await each(chosen, async (one) => {
    const answer = await definiteAnswer(run, one, otherBodyOf(one));
    if (answer?.status !== 422) differing.push(`${one.key}: ${answer ? answer.status : 'no answer'}, not 422`);
  });
  return { sent: chosen.length, equal: chosen.length - differing.length, differing };
}

function otherBodyOf(one: Pursued): string {
  const { request } = one.order;
  const items = request.items.map((item, at) => ({ ...item, quantity: item.quantity + (at === 0 ? 1 : 0) }));
  return bodyOf({ ...one, order: { ...one.order, request: { ...request, items } } });
}

async function definiteAnswer(run: Run, { order, customer, key }: Pursued, body: string): Promise<Answer | undefined> {
  const random = randomOf(run.seed, STREAM.replays, 2, order.number);
  for (let attempts = 1; attempts <= ATTEMPTS_MAX; attempts++) {
    const post = { path: '/v1/orders', token: await customer.token(), key, body, headers: run.headers };
    const { answer } = await run.connection.post(post);
    if (answer && isDefinite(outcomeOf(answer))) return answer;
    await sleep(backoffMs(attempts, answer?.retryAfterMs, random));
  }
  return undefined;
}

/** All of them when there are no more than `max`, in any case in their order. */
export function sample<T>(all: readonly T[], max: number, random: Random): T[] {
  let left = all.length;
  let wanted = Math.min(max, left);
  return all.filter(() => {
    const taken = random.next() * left-- < wanted;
    if (taken) wanted--;
    return taken;
  });
}

async function each<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < all.length; at = next++) await work(all[at] as T);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE_MAX, all.length) }, worker));
}
