import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { endingOf, eventually, within } from '@seams/testkit';
import { batched, type Member } from './batcher.ts';

type Group = readonly Member<string, string>[];

/** Groups that end when the test says so. */
function trial(sizeMax = 3, atOnceMax = 1) {
  const sent: { names: string[]; end(): void; group: Group }[] = [];
  const submit = batched<string, string>({
    sizeMax,
    atOnceMax,
    keyOf: (item) => item,
    run: (group) =>
      new Promise((resolve) => {
        const end = (): void => {
          for (const { item, settle } of group) settle(async () => `${item} done`);
          resolve();
        };
        sent.push({ names: group.map(({ item }) => item), group, end });
      }),
  });
  const untilSent = (count: number): Promise<void> => eventually(() => expect(sent).toHaveLength(count));
  return { submit: (item: string, ctx = within(5_000)) => submit(ctx, item), sent, untilSent };
}

const names = (sent: { names: string[] }[]): string[][] => sent.map((group) => group.names);

describe('callers', () => {
  it('who come while nothing is under way go at once, those who come meanwhile with the next group', async () => {
    const { submit, sent, untilSent } = trial();
    const answers = [submit('a')];
    await untilSent(1);
    answers.push(...['b', 'c', 'd', 'e'].map((item) => submit(item)));
    sent[0]?.end();
    await untilSent(2);
    sent[1]?.end();
    await untilSent(3);
    sent[2]?.end();
    expect(await Promise.all(answers)).toEqual(['a done', 'b done', 'c done', 'd done', 'e done']);
    expect(names(sent)).toEqual([['a'], ['b', 'c', 'd'], ['e']]);
  });

  it('of one name are never in one group, and nobody waits for them', async () => {
    const { submit, sent, untilSent } = trial();
    const answers = ['a', 'a', 'b', 'a', 'c'].map((item) => submit(item));
    for (const group of [1, 2, 3]) {
      await untilSent(group);
      sent[group - 1]?.end();
    }
    await Promise.all(answers);
    expect(names(sent)).toEqual([['a', 'b', 'c'], ['a'], ['a']]);
  });

  it('fill as many groups as may be under way', async () => {
    const { submit, sent, untilSent } = trial(2, 2);
    const answers = ['a', 'b', 'c', 'd', 'e'].map((item) => submit(item));
    await untilSent(2);
    expect(names(sent)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    sent[1]?.end();
    await untilSent(3);
    expect(sent[2]?.names).toEqual(['e']);
    sent[0]?.end();
    sent[2]?.end();
    await Promise.all(answers);
  });
});

describe('a caller that is over', () => {
  afterEach(() => void jest.useRealTimers());

  it.each([
    ['its deadline', 'unavailable/database_busy'],
    ['its leaving', 'cancelled/caller_gone'],
  ])('by %s while it waits is never sent, and knows it: %s', async (why, ending) => {
    const { submit, sent, untilSent } = trial();
    const first = submit('a');
    await untilSent(1);
    const caller = new AbortController();
    const over = endingOf(submit('b', within(why === 'its deadline' ? 30 : 5_000, caller.signal)));
    const next = submit('c');
    if (why === 'its leaving') caller.abort();
    expect(await over).toBe(ending);
    sent[0]?.end();
    await untilSent(2);
    sent[1]?.end();
    expect(await Promise.all([first, next])).toEqual(['a done', 'c done']);
    expect(names(sent)).toEqual([['a'], ['c']]);
  });

  it('while its group is under way has its failure in time, nothing is done for it any more, the others have their answers', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] }); // groups begin, and no deadline passes by itself
    const { submit, sent, untilSent } = trial();
    const [over, other] = [endingOf(submit('a', within(30))), submit('b')];
    await untilSent(1);
    jest.advanceTimersByTime(30);
    expect(await over).toBe('timed_out/deadline_passed');
    let called = false;
    sent[0]?.group[0]?.settle(async () => {
      called = true;
      return 'late';
    });
    sent[0]?.end();
    expect(await other).toBe('b done');
    expect(called).toBe(false);
  });

  it('before it comes is not taken in', async () => {
    const { submit, sent } = trial();
    const gone = new AbortController();
    gone.abort();
    expect(await endingOf(submit('a', within(5_000, gone.signal)))).toBe('cancelled/caller_gone');
    expect(sent).toEqual([]);
  });
});
