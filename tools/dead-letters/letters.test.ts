import { describe, expect, it } from '@jest/globals';
import { type Letter, letterOf, lettersOf, placeOf, republished, startsOf, textOf, verdictOf } from './letters.ts';
import type { Headers, TopicRecord } from './topic.ts';

const ORIGIN = 'seams.orders.v1/3/17';
const record = (changes: Partial<TopicRecord> = {}): TopicRecord => ({
  partition: 0,
  offset: 0n,
  key: Buffer.from('order-1'),
  value: Buffer.from('junk'),
  timeMs: 1_700_000_000_000,
  ...changes,
  headers: {
    'event-id': Buffer.from('event-1'),
    'event-type': Buffer.from('seams.events.v1.OrderPlaced'),
    traceparent: Buffer.from(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`),
    'dead-letter-reason': Buffer.from('not_protobuf'),
    'dead-letter-origin': Buffer.from(ORIGIN),
    'dead-letter-group': Buffer.from('analytics'),
    ...changes.headers,
  },
});
const letter = (changes: Partial<TopicRecord> = {}): Letter => {
  const one = letterOf(record(changes));
  if (!one) throw new Error('the record is no letter');
  return one;
};
const from = (origin: string): Headers => ({ 'dead-letter-origin': Buffer.from(origin) });

describe('a place', () => {
  it.each(['seams.orders.v1/3/17', 't/0/0'])('%s is read and written alike', (text) => {
    const place = placeOf(text);
    expect(place && textOf(place)).toBe(text);
  });

  it.each(['', 'seams.orders.v1', 'seams.orders.v1/3', '/3/17', 'a/-1/2', 'a/1/x', 'a/b/1/2', 'a/1/1.5', '$(a)/1/2'])(
    '"%s" is none',
    (text) => expect(placeOf(text)).toBeUndefined(),
  );
});

describe('a dead letter', () => {
  it('says what the consumer wrote', () => {
    expect(letter()).toMatchObject({
      origin: { topic: 'seams.orders.v1', partition: 3, offset: 17n },
      reason: 'not_protobuf',
      group: 'analytics',
      eventId: 'event-1',
      traceId: 'a'.repeat(32),
      key: 'order-1',
      bytes: 4,
      replayOf: null,
    });
  });

  it('has no key when the consumer put the origin there', () => {
    expect(letter({ key: Buffer.from(ORIGIN) }).key).toBeNull();
  });

  it('is one, however often the same group set the message aside', () => {
    const other = record({ headers: { 'dead-letter-group': Buffer.from('audit') } });
    const stranger = record({ headers: { 'dead-letter-origin': undefined } });
    const { letters, foreign } = lettersOf([record(), record({ offset: 1n }), other, stranger]);
    expect([letters.map(({ group }) => group), foreign]).toEqual([['analytics', 'audit'], 1]);
  });

  it('needs its topic from the first letter of each partition on', () => {
    const letters = [letter(), letter({ headers: from('seams.orders.v1/3/5') }), letter({ headers: from('x/0/1') })];
    expect([...startsOf(letters, 'seams.orders.v1')]).toEqual([[3, 5n]]);
  });
});

describe('what is published again', () => {
  it('is the message as it first came, with where it was', () => {
    const key = Buffer.from([0xff, 0x00]);
    const original = record({ key, value: null, headers: { odd: [Buffer.from('a'), Buffer.from('b')] } });
    const again = republished(letter(), original);
    expect(again).toMatchObject({ partition: 3, key, value: null });
    expect(Object.keys(again.headers).sort()).toEqual([
      'event-id',
      'event-type',
      'odd',
      'replayed-from',
      'traceparent',
    ]);
    expect(again.headers['odd']).toHaveLength(2);
    expect(again.headers['replayed-from']).toBe(ORIGIN);
  });

  it('has an empty header where the message had one without a value', () => {
    const original = record({
      headers: { none: null, twice: [null, Buffer.from('b')] } as unknown as TopicRecord['headers'],
    });
    const { none, twice } = republished(letter(), original).headers;
    expect({ none, twice }).toEqual({ none: '', twice: ['', Buffer.from('b')] });
  });

  it('is the copy when the origin topic no longer has it', () => {
    expect(republished(letter(), undefined)).toMatchObject({ key: Buffer.from('order-1'), value: Buffer.from('junk') });
    expect(republished(letter({ key: Buffer.from(ORIGIN) }), undefined).key).toBeNull();
  });

  it('names the replay that it repeats, not the first message', () => {
    const second = letter({ headers: { ...from('seams.orders.v1/3/20'), 'replayed-from': Buffer.from(ORIGIN) } });
    expect(second.replayOf).toBe(ORIGIN);
    expect(republished(second, undefined).headers['replayed-from']).toBe('seams.orders.v1/3/20');
  });
});

describe('a replay', () => {
  const place = { topic: 'seams.orders.v1', partition: 3, offset: 20n };
  const again = letter({ headers: from(textOf(place)) });

  it.each<[string, Letter[], bigint, string]>([
    ['not reached by its group', [letter()], 20n, 'waiting'],
    ['of a group that never committed', [letter()], -1n, 'waiting'],
    ['passed without a new letter', [letter()], 21n, 'taken'],
    ['with a letter of its own', [letter(), again], 21n, 'set_aside_again'],
    ['with a letter, though its offset is not committed yet', [again], 20n, 'set_aside_again'],
  ])('%s is judged', (_, letters, committed, verdict) => {
    expect(verdictOf(place, 'analytics', letters, committed)).toBe(verdict);
  });
});
