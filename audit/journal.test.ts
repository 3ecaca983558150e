import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { type JournalLine, readJournal } from './journal.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'seams-journal-'));
const file = path.join(folder, 'journal.jsonl');
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string): ReturnType<typeof readJournal> {
  writeFileSync(file, text);
  return readJournal(file);
}

const line = (changes: Partial<Record<keyof JournalLine, unknown>> = {}): string => {
  const request = { cafeId: 'harbour', items: [{ itemId: 'tea', quantity: 1 }] };
  return `${JSON.stringify({ at: 1, op: 'order', customerId: 'ada', key: 'k', request, outcome: 'unknown', ...changes })}\n`;
};
const ok = (orderId: string, changes: Partial<Record<keyof JournalLine, unknown>> = {}): string =>
  line({ outcome: 'ok', status: 201, body: JSON.stringify({ orderId }), ...changes });

/** What the keys ended in. */
const judged = (...lines: string[]) => {
  const { ok: done, nothing, unknown } = read(lines.join(''));
  return { ok: done.map(({ orderId }) => orderId), nothing: nothing.map(({ key }) => key), unknown };
};

describe('a key of a journal', () => {
  const [refused, notDone, unknown] = ['refused', 'not_done', 'unknown'].map((outcome) => line({ outcome })) as [
    string,
    string,
    string,
  ];
  it.each([
    ['was acknowledged', [ok('o-1')], { ok: ['o-1'], nothing: [], unknown: 0 }],
    ['was unknown first', [unknown, ok('o-1')], { ok: ['o-1'], nothing: [], unknown: 0 }],
    ['was acknowledged, then got a refusal', [ok('o-1'), refused], { ok: ['o-1'], nothing: [], unknown: 0 }],
    ['was acknowledged twice', [ok('o-1'), ok('o-2')], { ok: ['o-1', 'o-2'], nothing: [], unknown: 0 }],
    ['was refused', [refused], { ok: [], nothing: ['k'], unknown: 0 }],
    ['was unknown, then refused', [unknown, refused], { ok: [], nothing: ['k'], unknown: 0 }],
    ['was never done', [notDone, notDone], { ok: [], nothing: ['k'], unknown: 0 }],
    ['was unknown once, then not done', [unknown, notDone], { ok: [], nothing: [], unknown: 1 }],
    ['was refused, then unknown', [refused, unknown], { ok: [], nothing: [], unknown: 1 }],
  ])('that %s', (_, lines, outcome) => expect(judged(...lines)).toEqual(outcome));

  it('is one customer’s: the same text of another is another key', () => {
    expect(judged(ok('o-1'), line({ customerId: 'ben', outcome: 'refused' }))).toEqual({
      ok: ['o-1'],
      nothing: ['k'],
      unknown: 0,
    });
  });
});

describe('a journal', () => {
  it('counts its lines, and leaves other operations alone', () => {
    const topUp = line({ op: 'top-up', request: undefined, outcome: 'ok' });
    expect(read(`${topUp}\n${ok('o-1')}`)).toMatchObject({
      lines: 2,
      ok: [{ orderId: 'o-1' }],
      nothing: [],
      unknown: 0,
    });
  });

  it('of which the last line is still being written is read without it', () => {
    expect(read(`${ok('o-1')}${line({ key: 'l', outcome: 'refused' }).slice(0, -1)}`)).toMatchObject({ lines: 1 });
    expect(read('{"at":1')).toMatchObject({ lines: 0 });
  });

  it('gives the request, the body and the id that the reply named', () => {
    expect(read(ok('o-1', { orderId: 'o-1', clientNonce: 'n' })).ok).toEqual([
      expect.objectContaining({
        orderId: 'o-1',
        body: '{"orderId":"o-1"}',
        clientNonce: 'n',
        request: { cafeId: 'harbour', items: [{ itemId: 'tea', quantity: 1 }] },
      }),
    ]);
  });

  it.each([
    ['{]\n', /^not JSON: ./],
    ['null\n', 'not a JSON object'],
    ['3\n', 'not a JSON object'],
    [line({ op: undefined }), 'no op'],
    [line({ customerId: 7 }), 'no customerId'],
    [line({ key: undefined }), 'no key'],
    [line({ outcome: undefined }), 'no outcome'],
    [line({ at: '1' }), 'no at (Unix time in milliseconds)'],
    [line({ outcome: 'done' }), 'outcome is one of ok, refused, not_done, unknown, not done'],
    [line({ request: undefined }), 'an order without its request'],
    [line({ request: { cafeId: 'harbour' } }), 'an order without its request'],
    [line({ outcome: 'ok' }), 'an acknowledged order without the body of the reply'],
    [line({ outcome: 'ok', body: 'OK' }), 'the body of the reply is not JSON'],
    [line({ outcome: 'ok', body: '{}' }), 'the body of the reply holds no orderId'],
    [ok('o-1', { orderId: 'o-2' }), 'orderId is not the one in the body'],
  ])('with a line %j is refused, and names the line', (bad, reason) => {
    const message = typeof reason === 'string' ? reason : expect.stringMatching(reason);
    let thrown: unknown;
    try {
      read(`${ok('o-1')}${bad}`);
    } catch (error) {
      thrown = error;
    }
    const [where, ...why] = String((thrown as Error).message).split(': ');
    expect([where, why.join(': ')]).toEqual([`${file}, line 2`, message]);
  });
});
