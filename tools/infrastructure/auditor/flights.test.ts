import { describe, expect, it } from '@jest/globals';
import { type Audit, Flights, NotDone } from './flights.ts';

interface Begun {
  readonly waitS: number;
  readonly signal: AbortSignal;
  readonly end: PromiseWithResolvers<string>;
}

/** Audits that end when the test says so; a killed one ends by itself, as a child does. */
function audits() {
  const begun: Begun[] = [];
  let running = 0;
  const audit: Audit = async (waitS, signal) => {
    expect(++running).toBe(1);
    const end = Promise.withResolvers<string>();
    signal.addEventListener('abort', () => end.reject(new Error('killed')));
    begun.push({ waitS, signal, end });
    return end.promise.finally(() => running--);
  };
  const flights = new Flights(audit);
  const ask = (waitS = 10) => {
    const gone = new AbortController();
    const answer = flights.ask(waitS, gone.signal);
    answer.catch(() => {}); // each test looks at those that matter to it
    return { answer, leave: () => gone.abort() };
  };
  return { begun, flights, ask };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('audits', () => {
  it('begin after their question, one at a time; who asks meanwhile shares the next', async () => {
    const { begun, ask } = audits();
    const first = ask();
    const meanwhile = [ask(), ask(), ask()];
    await turn();
    expect(begun).toHaveLength(1);

    begun[0]?.end.resolve('one');
    expect(await first.answer).toBe('one');
    await turn();
    expect(begun).toHaveLength(2);
    const later = ask();

    begun[1]?.end.resolve('two');
    expect(await Promise.all(meanwhile.map(({ answer }) => answer))).toEqual(['two', 'two', 'two']);
    await turn();
    begun[2]?.end.resolve('three');
    expect(await later.answer).toBe('three');
    expect(begun).toHaveLength(3);
  });

  it('that are shared wait as long as the most patient of those who still wait for it', async () => {
    const { begun, ask } = audits();
    ask(1);
    const shared = [ask(3), ask(30), ask(7)];
    shared[1]?.leave();
    begun[0]?.end.resolve('');
    await turn();
    expect(begun.map(({ waitS }) => waitS)).toEqual([1, 7]);
  });

  it('that fail tell all who wait for them, and the next one begins', async () => {
    const { begun, ask } = audits();
    const failing = ask();
    const next = ask();
    begun[0]?.end.reject(new NotDone(503, 'audit_not_done', 'Postgres is away.'));
    await expect(failing.answer).rejects.toMatchObject({ status: 503, message: 'Postgres is away.' });
    await turn();
    begun[1]?.end.resolve('fine');
    expect(await next.answer).toBe('fine');
  });
});

describe('an audit that nobody waits for', () => {
  it('is ended when the last has gone, not before', async () => {
    const { begun, ask } = audits();
    ask().leave();
    expect(begun[0]?.signal.aborted).toBe(true);
    const [one, other] = [ask(), ask()];
    await turn();
    one.leave();
    expect(begun[1]?.signal.aborted).toBe(false);
    begun[1]?.end.resolve('still wanted');
    expect(await other.answer).toBe('still wanted');
  });

  it('does not begin when it was only due', async () => {
    const { begun, ask } = audits();
    const first = ask();
    ask().leave();
    begun[0]?.end.resolve('one');
    await first.answer;
    await turn();
    expect(begun).toHaveLength(1);
  });

  it('and is not yet over holds up the next, for only one reads at a time', async () => {
    const { begun, ask } = audits();
    const first = ask();
    first.leave();
    const second = ask();
    expect(begun).toHaveLength(1); // killed, and still ending
    await turn();
    begun[1]?.end.resolve('alone');
    expect(await second.answer).toBe('alone');
  });
});

describe('a stop', () => {
  it('ends what runs, refuses what is due and what still comes', async () => {
    const { begun, flights, ask } = audits();
    const all = [ask(), ask()];
    await flights.stop();
    all.push(ask());
    expect(begun.map(({ signal }) => signal.aborted)).toEqual([true]);
    for (const { answer } of all) await expect(answer).rejects.toMatchObject({ reason: 'audit_unavailable' });
  });
});
