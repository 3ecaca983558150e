import { describe, expect, it } from '@jest/globals';
import { FAILURES, type FailureKind, parseFaultPlan } from '@seams/call';
import { services } from '../topology.ts';
import { EDGES, type Edge, ERRORS, parseFaults, strike } from './faults.ts';
import { randomOf } from './random.ts';

const always = (text: string) => strike(parseFaults(text), randomOf(1));

describe('--faults', () => {
  it.each([
    ['lost-reply:100%@gateway-auth', 'auth.Authenticate=drop-reply*1'],
    ['lost-reply:100%@gateway-logic', 'business-logic.PlaceOrder=drop-reply*1'],
    ['lost-reply:100%@logic-storage', 'storage.CommitOrder=drop-reply*1'],
    ['lost-reply:100%@storage-postgres', 'storage.commit=drop-reply*1'],
    ['lost-reply:100%@relay-kafka', 'relay.Publish=drop-reply*1'],
    ['lost-reply:100%@kafka-analytics', 'analytics.OrderPlaced=drop-reply*1'],
    ['lost-request:100%@gateway-logic', 'business-logic.PlaceOrder=drop-request*1'],
    ['duplicate:100%@gateway-logic', 'business-logic.PlaceOrder=duplicate*1'],
    ['delay:300:100%@gateway-logic', 'business-logic.PlaceOrder=delay:300*1'],
    ['error:unavailable:100%@logic-storage', 'storage.CommitOrder=error:unavailable*1'],
    [
      'delay:5:100%@gateway-auth, lost-reply:100%@gateway-logic',
      'auth.Authenticate=delay:5*1; business-logic.PlaceOrder=drop-reply*1',
    ],
  ])('%s is %s in Seams-Fault, which the system can read', (text, header) => {
    expect(always(text)).toMatchObject({ header, own: [] });
    expect(() => parseFaultPlan(header)).not.toThrow();
  });

  it('at the edge of the client is done by the client', () => {
    expect(always('lost-reply:100%@client-gateway')).toEqual({
      header: undefined,
      own: [{ kind: 'lost-reply' }],
      hits: [{ rule: expect.objectContaining({ text: 'lost-reply:100%@client-gateway' }), edge: 'client-gateway' }],
      drawn: true,
    });
  });

  it('names services that there are', () => {
    const own = ['relay', ...Object.keys(services)];
    expect(Object.values(EDGES).every((name) => name === undefined || own.includes(name.split('.')[0] ?? ''))).toBe(
      true,
    );
  });

  it('strikes the share that was asked for, on every edge, alike for the same seed', () => {
    const rules = parseFaults('lost-reply:10%,delay:20:50%@gateway-logic');
    const draw = (n: number) => strike(rules, randomOf(7, n));
    const requests = Array.from({ length: 10_000 }, (_, n) => draw(n));
    const hits = requests.flatMap((one) => one.hits);
    const lost = hits.filter(({ rule }) => rule.action.kind === 'lost-reply').map(({ edge }) => edge);
    expect(lost.length / requests.length).toBeCloseTo(0.1, 1);
    expect(new Set(lost).size).toBe(Object.keys(EDGES).length);
    expect(Array.from({ length: 10_000 }, (_, n) => draw(n))).toEqual(requests);
    expect(strike(rules, randomOf(8, 1)) === draw(1)).toBe(false);
  });

  it.each([
    ['', 'is no fault'],
    ['lost-reply', 'is no fault'],
    ['lost-reply:10', 'is no fault'],
    ['lost-reply:0%', 'more than 0'],
    ['lost-reply:101%', 'at most 100'],
    ['lost-reply:5:10%', 'takes a share alone'],
    ['lost-reply:10%@nowhere', 'the edge is one of client-gateway, gateway-auth'],
    ['delay:10%', 'delay takes 1 to 60000 ms'],
    ['delay:61000:10%', 'delay takes 1 to 60000 ms'],
    ['error:10%', 'error takes one of'],
    ['error:rejected:10%', 'error takes one of conflict'],
    ['error:bug:10%@client-gateway', 'the edge is one of gateway-auth'],
    ['crash:10%', 'there is no "crash"'],
    ['lost-reply:10%,,', 'is no fault'],
  ])('refuses "%s" in one line', (text, why) => {
    expect(() => parseFaults(text)).toThrow(why);
    expect(() => parseFaults(text)).toThrow(/^--faults: [^\n]+$/);
  });

  it('offers the errors that leave the key open, and no others', () => {
    const open = (Object.keys(FAILURES) as FailureKind[]).filter((kind) => FAILURES[kind].outcome !== 'refused');
    expect([...ERRORS].sort()).toEqual([...open].sort());
  });

  it('chooses among all edges when none is named', () => {
    const edges: Edge[] | undefined = parseFaults('error:bug:1%')[0]?.edges as Edge[];
    expect(edges).toEqual(Object.keys(EDGES).filter((edge) => edge !== 'client-gateway'));
  });
});
