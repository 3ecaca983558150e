import { describe, expect, it } from '@jest/globals';
import { processFaultsOf } from '../tools/system/fired-faults.ts';
import { type Edge, parseFaults } from './faults.ts';
import { FaultCounter, FiredFaults, faultCounts, neverFired, type ProcessFaults } from './fired.ts';

const COMMIT = { operation: 'storage.commit', action: 'drop-reply' };

const counted = (process: string, upMs: number, fired: number): ProcessFaults => ({
  process,
  upMs,
  counts: fired === 0 ? [] : [{ ...COMMIT, fired }],
});

/** Adds up what these looks see, one second after the other. */
async function after(...looks: ProcessFaults[][]): Promise<FiredFaults> {
  let now = 0;
  let at = 0;
  const fired = await FiredFaults.begin(
    async () => looks[at++] as ProcessFaults[],
    () => now,
  );
  while (at < looks.length) {
    now += 1_000;
    await fired.look();
  }
  return fired;
}

describe('the faults that fired', () => {
  it.each<[string, number, ProcessFaults[][]]>([
    ['none of those before', 0, [[counted('a', 9_000, 5)], [counted('a', 10_000, 5)]]],
    [
      'in all processes',
      5,
      [
        [counted('a', 9_000, 5), counted('b', 9_000, 0)],
        [counted('a', 10_000, 7), counted('b', 10_000, 3)],
      ],
    ],
    ['in one that is new', 3, [[counted('a', 9_000, 0)], [counted('a', 10_000, 0), counted('b', 500, 3)]]],
    ['in one that died, until the last look at it', 2, [[counted('a', 9_000, 5)], [counted('a', 10_000, 7)], []]],
    [
      'in one that was frozen at first, only since it answers',
      1,
      [[], [counted('a', 10_000, 5)], [counted('a', 11_000, 6)]],
    ],
  ])('are counted since the beginning: %s', async (_, expected, looks) => {
    expect((await after(...looks)).count(COMMIT.operation, COMMIT.action)).toBe(expected);
  });

  it('names who is silent at the end', async () => {
    const fired = await after([counted('a', 9_000, 0), counted('b', 9_000, 0)], [counted('b', 10_000, 0)]);
    expect(fired.silent).toEqual(['a']);
  });

  it('are read from /metrics, at the caller’s end, for each run of a process', () => {
    const text = [
      'target_info{service_instance_id="storage-1",process_pid="77"} 1',
      'process_uptime_seconds 12.5',
      'seams_faults_fired_total{operation="storage.commit",action="drop-reply",side="caller"} 3',
      'seams_faults_fired_total{operation="storage.CommitOrder",action="delay",side="server"} 9',
    ].join('\n');
    expect(processFaultsOf('storage-1', text)).toEqual([
      { process: 'storage-1 (pid 77)', upMs: 12_500, counts: [{ ...COMMIT, fired: 3 }] },
    ]);
  });
});

const firing = (counts: Record<string, number>, silent: string[] = []) => ({
  count: (operation: string, action: string) => counts[`${operation}=${action}`] ?? 0,
  silent,
});

function asking(text: string, requests: Partial<Record<Edge, number>>) {
  const rules = parseFaults(text);
  const byEdge = new Map(Object.entries(requests) as [Edge, number][]);
  return { rules, asked: new Map(byEdge.size === 0 ? [] : rules.map((rule) => [rule, byEdge])) };
}

describe('a fault that was asked for', () => {
  it('is counted by its edge, as asked for and as fired', () => {
    const { rules, asked } = asking('lost-reply:10%', {
      'client-gateway': 2,
      'storage-postgres': 3,
      'gateway-auth': 4,
    });
    const rows = faultCounts(rules, asked, firing({ 'storage.commit=drop-reply': 3 }));
    expect(rows.filter((one) => one.asked > 0).map(({ edge, asked: by, fired }) => [edge, by, fired])).toEqual([
      ['client-gateway', 2, 2],
      ['gateway-auth', 4, 0],
      ['storage-postgres', 3, 3],
    ]);
  });

  it('is one row with another that the system counts as the same', () => {
    const text = 'delay:5:10%@storage-postgres,delay:9:10%@storage-postgres';
    const { rules, asked } = asking(text, { 'storage-postgres': 3 });
    expect(faultCounts(rules, asked, firing({ 'storage.commit=delay': 5 }))).toEqual([
      {
        fault: 'delay:5:10%@storage-postgres and delay:9:10%@storage-postgres',
        edge: 'storage-postgres',
        asked: 6,
        fired: 5,
      },
    ]);
  });

  const LOST = 'lost-reply:10%@storage-postgres';
  it.each<[string, Partial<Record<Edge, number>>, Record<string, number>, string[]]>([
    [LOST, { 'storage-postgres': 3 }, { 'storage.commit=drop-reply': 1 }, []],
    ['lost-reply:10%@client-gateway', { 'client-gateway': 1 }, {}, []],
    ['lost-reply:10%', { 'gateway-auth': 3, 'relay-kafka': 1 }, { 'relay.Publish=drop-reply': 1 }, []],
    [
      LOST,
      { 'storage-postgres': 3 },
      { 'storage.commit=drop-request': 9 },
      [`${LOST} never fired: 3 requests carried it, and none of them came to its COMMIT (were they refused before?)`],
    ],
    [LOST, {}, { 'storage.commit=drop-reply': 9 }, [`${LOST} never fired: none of 40 requests drew it (4 expected)`]],
  ])('%s, carried by %j, is an error when it never fired: %j', (text, requests, counts, expected) => {
    const { rules, asked } = asking(text, requests);
    expect(neverFired(rules, { asked, requests: 40, fired: firing(counts) })).toEqual(expected);
  });

  it('and never fired may have fired in a process that can no longer say so', () => {
    const { rules, asked } = asking(LOST, { 'storage-postgres': 3 });
    const [line] = neverFired(rules, { asked, requests: 40, fired: firing({}, ['storage-1 (pid 7)']) });
    expect(line).toContain("; storage-1 (pid 7) can't be asked any more");
  });

  /** The counters at each look, the last ones stay; `pauses` is what was waited for. */
  async function counting(...looks: (number | Error)[]) {
    const { rules, asked } = asking('lost-reply:10%@storage-postgres', { 'storage-postgres': 3 });
    const pauses: number[] = [];
    let at = 0;
    const readFiredFaults = async (): Promise<ProcessFaults[]> => {
      const look = looks[Math.min(at++, looks.length - 1)] as number | Error;
      if (look instanceof Error) throw look;
      return [counted('a', 9_000 + at, look)];
    };
    const counter = await FaultCounter.begin({ ...SYSTEM, readFiredFaults }, rules, async (ms) => pauses.push(ms));
    const ended = async (waitMs: number): Promise<number | string | undefined> => {
      const fired = await counter?.ended(rules, asked, waitMs);
      return typeof fired === 'string' ? fired : fired?.count(COMMIT.operation, COMMIT.action);
    };
    return { ended, pauses };
  }

  it('is waited for when it fires after the answer, for so long and no longer', async () => {
    const later = await counting(5, 5, 5, 7);
    expect([await later.ended(15_000), later.pauses]).toEqual([2, [1_000, 1_000, 1_000]]);
    const never = await counting(5);
    expect([await never.ended(3_000), never.pauses]).toEqual([0, [1_000, 1_000, 1_000]]);
  });

  it('is looked at once where all has happened, but not before /metrics is counted anew', async () => {
    const once = await counting(5);
    expect([await once.ended(0), once.pauses]).toEqual([0, [1_000]]);
  });

  it('is not known when the last look failed, and is when a later one did not', async () => {
    const nothing = new Error('nothing runs there');
    expect(await (await counting(5, nothing)).ended(0)).toBe('nothing runs there');
    expect(await (await counting(5, nothing, 6)).ended(2_000)).toBe(1);
  });

  const SYSTEM = { url: '', brokers: [], storageUrl: '', analyticsUrl: '', operator: { email: '', password: '' } };
  it('needs somebody who can say whether it fired, unless the client does it itself', async () => {
    await expect(FaultCounter.begin(SYSTEM, parseFaults(LOST))).rejects.toThrow('nobody can be asked here');
    expect(await FaultCounter.begin(SYSTEM, parseFaults('lost-reply:10%@client-gateway'))).toBeUndefined();
    expect(await FaultCounter.begin(SYSTEM, [])).toBeUndefined();
  });
});
