/** What can go wrong with one order, by where it goes through, with a sentence each: docs/faults.md as data. */

export const ACTIONS = ['delay', 'drop-request', 'drop-reply', 'error', 'duplicate', 'crash'] as const;
export type Action = (typeof ACTIONS)[number];

interface Place {
  readonly operation: string;
  readonly name: string;
  readonly kind: 'call' | 'commit' | 'publish' | 'mark' | 'record';
  readonly caller: string;
  readonly callee: string;
}

export const PLACES: readonly Place[] = [
  { operation: 'auth.Authenticate', name: 'who is this?', kind: 'call', caller: 'the gateway', callee: 'auth' },
  {
    operation: 'business-logic.PlaceOrder',
    name: 'place the order',
    kind: 'call',
    caller: 'the gateway',
    callee: 'business-logic',
  },
  { operation: 'storage.ReadMenu', name: 'read the menu', kind: 'call', caller: 'business-logic', callee: 'storage' },
  {
    operation: 'storage.CommitOrder',
    name: 'write the order',
    kind: 'call',
    caller: 'business-logic',
    callee: 'storage',
  },
  { operation: 'storage.commit', name: 'COMMIT in Postgres', kind: 'commit', caller: 'storage', callee: 'Postgres' },
  { operation: 'relay.Publish', name: 'event to Kafka', kind: 'publish', caller: 'the relay', callee: 'Kafka' },
  { operation: 'relay.Mark', name: 'mark it published', kind: 'mark', caller: 'the relay', callee: 'Postgres' },
  {
    operation: 'analytics.OrderPlaced',
    name: 'event is counted',
    kind: 'record',
    caller: 'Kafka',
    callee: 'analytics',
  },
];

export const PATTERNS = [
  'idempotency',
  'outbox',
  'dedupe',
  'optimistic-lock',
  'deadline',
  'breaker',
  'retry-budget',
  'bulkhead',
] as const;

export interface Wish {
  readonly operation: string;
  readonly action: Action;
  readonly delayMs: number;
  /** Only the first time, so that a second attempt gets through. */
  readonly once: boolean;
}

/** As Seams-Fault reads it. */
export function planOf({ operation, action, delayMs, once }: Wish): string {
  const what = action === 'delay' ? `delay:${delayMs}` : action === 'error' ? 'error:unavailable' : action;
  return `${operation}=${what}${once ? '*1' : ''}`;
}

type Sentences = Readonly<Record<Action, (place: Place, delayMs: number) => string>>;

const CALL: Sentences = {
  delay: ({ caller, callee }, ms) =>
    `${caller} sends it to ${callee} ${ms} ms later; whoever waits, waits no longer than its deadline.`,
  'drop-request': ({ caller, callee }) =>
    `it never reaches ${callee}, and to ${caller} the connection broke: it cannot tell this from a lost reply.`,
  'drop-reply': ({ caller, callee }) =>
    `${callee} does it, and the answer is lost on its way: to ${caller} the connection broke.`,
  error: ({ caller, callee }) => `${caller} hears at once that ${callee} is not available; nothing was sent.`,
  duplicate: ({ callee }) => `it is sent twice at once, and ${callee} does it twice or notices.`,
  crash: ({ caller }) =>
    `the process of ${caller} ends as by kill -9 before it sends, with all else that it had in hand.`,
};

const COMMIT: Sentences = {
  delay: (_, ms) => `the transaction is committed ${ms} ms later, and holds its locks until then.`,
  'drop-request': () => 'the connection is gone before the COMMIT: all of it is rolled back.',
  'drop-reply': () => 'Postgres commits, and the connection is gone before storage hears of it.',
  error: () => 'the COMMIT fails and all of it is rolled back.',
  duplicate: () => 'a second COMMIT is sent, of nothing.',
  crash: () => 'Postgres commits, then the process of storage ends as by kill -9.',
};

const PUBLISH: Sentences = {
  delay: (_, ms) => `the event reaches Kafka ${ms} ms later, and others overtake it; the answer does not wait for it.`,
  'drop-request': () =>
    'the event is not sent, and the turn of the relay fails: it stays in the outbox and is sent in a later one.',
  'drop-reply': () => 'the event is sent, but the relay does not hear that Kafka has it: it is sent again.',
  error: () => 'Kafka does not take the event; it stays in the outbox and is sent in a later turn.',
  duplicate: () => 'the event is sent twice, and must count once.',
  crash: () => "the relay's process ends before it sends; the other one takes over and sends it.",
};

const MARK: Sentences = {
  ...PUBLISH,
  delay: (_, ms) => `the event is on Kafka, and that is written down ${ms} ms later.`,
  'drop-request': () => 'the event is on Kafka, and nobody writes that down: it is sent again.',
  'drop-reply': () => 'it is written down that the event is on Kafka, but the relay does not hear so.',
  error: () => 'the event is on Kafka, and writing that down fails: it is sent again.',
  duplicate: () => 'that the event is on Kafka is written down twice.',
  crash: () => "the relay's process ends between publish and mark; the other one sends the event again.",
};

const RECORD: Sentences = {
  delay: (_, ms) => `analytics counts the event ${ms} ms later.`,
  'drop-request': () => 'this delivery is lost; it comes again, for nobody told Kafka that it was seen.',
  'drop-reply': () => 'analytics counts it, and Kafka does not learn so: it comes again and must not count again.',
  error: () => 'analytics fails at it and tries again.',
  duplicate: () => 'analytics gets it twice, and must count it once.',
  crash: () => 'analytics counts it, then its process ends before Kafka learns so; the next one finds it counted.',
};

const SENTENCES = { call: CALL, commit: COMMIT, publish: PUBLISH, mark: MARK, record: RECORD } as const;

export function sentenceOf({ operation, action, delayMs }: Wish): string {
  const place = PLACES.find((one) => one.operation === operation);
  if (!place) return '';
  const said = SENTENCES[place.kind][action](place, delayMs);
  return said.charAt(0).toUpperCase() + said.slice(1);
}
