/** What the counter knows: only what the gateway answered, the newest answer of each kind, and all answers in order. */
import { type Answer, ask, bodyOf, isOk, type Question } from '../api/ask.ts';
import { askAs, sessionOf } from '../session/session.ts';
import { storeOf } from '../store.ts';

export interface Cafe {
  readonly cafeId: string;
  readonly name: string;
  readonly city: string;
}
export interface MenuItem {
  readonly itemId: string;
  readonly name: string;
  readonly priceCents: number;
  readonly stockUnits: number;
}
export interface Menu {
  readonly cafe: Cafe;
  readonly currency: string;
  readonly items: readonly MenuItem[];
}
export interface Order {
  readonly orderId: string;
  readonly cafeId: string;
  readonly status: string;
  readonly items: readonly { readonly name: string; readonly quantity: number }[];
  readonly totalCents: number;
  readonly currency: string;
  readonly placedAt: string;
}
export interface Wallet {
  readonly balanceCents: number;
  readonly currency: string;
}

export interface Answered {
  readonly id: number;
  readonly answer: Answer;
  /** What came first under the same key, unless this is it. */
  readonly first?: string;
}

export interface Counter {
  readonly cafes: readonly Cafe[];
  readonly menu: Menu | undefined;
  readonly wallet: Wallet | undefined;
  readonly orders: readonly Order[];
  /** The newest first. */
  readonly answers: readonly Answered[];
}

const ANSWERS_MAX = 30;
const nothing = { wallet: undefined, orders: [] };

export const counter = storeOf<Counter>({ cafes: [], menu: undefined, answers: [], ...nothing });

sessionOf('customer').subscribe(() => {
  if (sessionOf('customer').get() === undefined) counter.change((now) => ({ ...now, ...nothing }));
});

let ids = 0;
const firstByKey = new Map<string, string>();

export function show(answer: Answer): void {
  const { key } = answer.question;
  const first = key === undefined ? undefined : firstByKey.get(key);
  if (key !== undefined && first === undefined && isOk(answer)) firstByKey.set(key, answer.text);
  const answered: Answered = { id: (ids += 1), answer, ...(first === undefined ? {} : { first }) };
  counter.change((now) => ({ ...now, answers: [answered, ...now.answers].slice(0, ANSWERS_MAX) }));
}

const get = (path: string): Question => ({ method: 'GET', path });

async function asked(question: Question, open = false): Promise<Answer> {
  const answer = open ? await ask(question) : await askAs('customer', question);
  show(answer);
  return answer;
}

export async function openCafes(): Promise<void> {
  const answer = await asked(get('/v1/cafes'), true);
  if (!isOk(answer)) return;
  const { cafes } = bodyOf<{ cafes: Cafe[] }>(answer);
  counter.change((now) => ({ ...now, cafes }));
  const [first] = cafes;
  if (first && !counter.get().menu) await openMenu(first.cafeId);
}

export async function openMenu(cafeId: string): Promise<void> {
  const answer = await asked(get(`/v1/cafes/${cafeId}/menu`), true);
  if (isOk(answer)) counter.change((now) => ({ ...now, menu: bodyOf<Menu>(answer) }));
}

export async function lookAtWallet(): Promise<void> {
  const answer = await asked(get('/v1/wallet'));
  if (isOk(answer)) counter.change((now) => ({ ...now, wallet: bodyOf<Wallet>(answer) }));
}

export async function lookAtOrders(): Promise<void> {
  const answer = await asked(get('/v1/orders?limit=10'));
  if (isOk(answer)) counter.change((now) => ({ ...now, orders: bodyOf<{ orders: Order[] }>(answer).orders }));
}

/** A key of its own for each intent: whatever happens to the answer, it is done once at most. */
const keyed = (path: string, body: object): Question => ({
  method: 'POST',
  path,
  body: JSON.stringify(body),
  key: crypto.randomUUID(),
});

export async function topUp(amountCents: number): Promise<void> {
  await send(keyed('/v1/wallet/top-ups', { amountCents }));
}

export async function placeOrder(cafeId: string, quantities: ReadonlyMap<string, number>): Promise<Answer> {
  const items = [...quantities]
    .filter(([, quantity]) => quantity > 0)
    .map(([itemId, quantity]) => ({ itemId, quantity }));
  return send(keyed('/v1/orders', { cafeId, items }));
}

/** Also again: the same method, path, key and bytes. What it changed is looked at afterwards. */
export async function send(question: Question): Promise<Answer> {
  const answer = await asked(question);
  if (isOk(answer)) await Promise.all([lookAtWallet(), lookAtOrders()]);
  return answer;
}
