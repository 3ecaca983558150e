/**
 * One failed order (idea 20): a customer says "it failed" and has nothing but the id that stood in the answer. Debugging is
 * correlating what many processes know. Two orders fail while others order: one is refused for want of money; the other was
 * placed, and its reply got lost, and the relay and analytics stumbled over its event as well. The id tells them apart.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Evidence, evidenceOf } from '../tools/find/evidence.ts';
import { lineText, servicesIn } from '../tools/find/show.ts';
import type { Line } from '../tools/infrastructure/watcher/logs.ts';
import type { Trace } from '../tools/order/trace.ts';
import type { Running } from '../tools/system/running.ts';
import { services } from '../topology.ts';
import { type RawAnswer, rawOrder, wallet, wallets } from './client.ts';
import { atLeast, missingOf } from './expectation.ts';
import type { Finding, Lab } from './lab.ts';
import { faultsIn, takenIn } from './spans.ts';
import { tracesOf } from './traces.ts';
import { COUNTED_MS_MAX } from './verdict.ts';

const CAFE = 'library';
const OTHER_CAFE = 'harbour';
/** Each step of its way that can fail and still let it end well: the client is told 504, and the order is there. */
const FAULTS =
  'business-logic.PlaceOrder=drop-reply;relay.Publish=error:unavailable;analytics.OrderPlaced=error:unavailable';
const FIVE = Object.keys(services).length;

export const oneFailedOrder: Lab = {
  name: 'one-failed-order',
  ideas: [20],
  question: 'A customer says that an order failed. What happened, in which of five services, and is it there?',
  prediction: {
    ask: 'The answer was 504, its only trace an id in a header. What does the id lead to?',
    answers: [
      'The gateway, which gave up: nobody else knows of it',
      'The gateway and the services that it called, as far as the reply got lost',
      'Every service, the Kafka record and the rows: the order is there and paid',
    ],
    right: 2,
  },
  with: 'one trace id in every span, line, record and row',
  without: 'the time, among the lines of all requests',
  seconds: { short: 2, full: 2 },
  code: [
    'libs/telemetry/src/logger.ts',
    'tools/find/evidence.ts',
    'tools/infrastructure/watcher/logs.ts',
    'services/storage/src/outbound/log-per-event.ts',
  ],

  async run(system, say, { short }): Promise<Finding> {
    const others = await wallets(system.url, short ? 2 : 4);
    const poor = await (await wallet(system.url, 100)).renewed();
    const unlucky = await (await wallet(system.url)).renewed();
    const reader = await tracesOf(system);
    const stop = new AbortController();
    const crowd = others.map((other) => orderOn(system.url, other, stop.signal));
    const refused = await rawOrder(system.url, poor, { cafeId: CAFE, key: randomUUID() });
    const lost = await rawOrder(system.url, unlucky, { cafeId: CAFE, key: randomUUID(), faults: FAULTS });

    // The last line is written when analytics has taken the event, after a delivery that failed.
    const { missing } = await reader.read([lost.traceId], { complete: isTaken, workMsMax: COUNTED_MS_MAX });
    const startedAt = performance.now();
    const ofLost = await evidenceOf(system, lost.traceId);
    const seconds = (performance.now() - startedAt) / 1_000;
    stop.abort();
    await Promise.all(crowd);
    const ofRefused = await evidenceOf(system, refused.traceId);

    tell(say, 'refused', refused, ofRefused);
    say();
    tell(say, 'unknown to the client', lost, ofLost);
    const candidates = linesMeanwhile(system, ofLost.lines);
    return findingOf(system, { lost, ofLost, refused, ofRefused, seconds, candidates, missing });
  },
};

/** Somebody who orders again and again. What comes of it is not what this is about, but for an answer that makes no sense. */
async function orderOn(url: string, customer: Awaited<ReturnType<typeof wallet>>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await rawOrder(url, customer, { cafeId: OTHER_CAFE, key: randomUUID() });
    await sleep(100);
  }
}

function tell(say: (line?: string) => void, what: string, answer: RawAnswer, evidence: Evidence): void {
  const { traceId, trace, lines, order } = evidence;
  say(`${what}: ${answer.status} ${answer.reason}, trace-id ${traceId}`);
  say(`  trace    ${trace?.spans.length ?? 0} spans, ${trace ? faultsIn(trace) : 0} faults`);
  for (const line of lines) say(`  log      ${lineText(line)}`);
  const record = order?.record;
  say(
    `  Kafka    ${record ? `partition ${record.partition}, offset ${record.offset}, event ${record.eventId}` : 'nothing'}`,
  );
  say(`  rows     ${order ? `order ${order.orderId}: ${order.rows.order}; ledger ${order.rows.ledger}` : 'nothing'}`);
}

/** What one has to read without the id: all that the services wrote between the request's first line and its last. */
function linesMeanwhile({ dataDir }: Running, lines: readonly Line[]): number {
  const first = lines[0]?.at ?? '';
  const last = lines.at(-1)?.at ?? '';
  const logs = path.join(dataDir, 'logs');
  const files = readdirSync(logs).filter((file) => Object.keys(services).some((name) => file.startsWith(`${name}-`)));
  return files
    .flatMap((file) => readFileSync(path.join(logs, file), 'utf8').split('\n'))
    .map((line) => /"time":"([^"]+)"/.exec(line)?.[1])
    .filter((at) => at !== undefined && at >= first && at <= last).length;
}

const isTaken = (trace: Trace): boolean => takenIn(trace) > 0;

const notSearched = ({ whole, notSearched: why }: Evidence): string | undefined =>
  whole ? undefined : `the logs (${why ?? 'they were too long to be searched'})`;

interface Seen {
  readonly lost: RawAnswer;
  readonly ofLost: Evidence;
  readonly refused: RawAnswer;
  readonly ofRefused: Evidence;
  readonly seconds: number;
  readonly candidates: number;
  readonly missing: string | undefined;
}

function findingOf({ tracesUrl }: Running, seen: Seen): Finding {
  const { lost, ofLost, refused, ofRefused, seconds, candidates, missing } = seen;
  const notSeen = missingOf(missing, notSearched(ofLost));
  const { lines, order } = ofLost;
  const inServices = servicesIn(lines);
  const says = (service: string, reason: string): boolean =>
    lines.some((line) => line.service === service && line.level === 'warn' && line.fields.reason === reason);
  const [own, refusals] = [lines.length, servicesIn(ofRefused.lines)];
  return {
    expectations: [
      {
        sentence: 'one order is refused and of the other the client knows nothing',
        held: refused.status === 409 && lost.status === 504,
      },
      atLeast(
        `from the id of the answer, lines of all ${FIVE} services are found`,
        inServices.length === FIVE,
        notSeen,
      ),
      atLeast(
        'they say where it failed: at the gateway, on its way to Kafka and in analytics',
        says('gateway', 'reply_lost') && says('storage', 'injected_fault') && says('analytics', 'injected_fault'),
        notSeen,
      ),
      atLeast('and the Kafka record, whose header has the same id', order?.record?.traceId === ofLost.traceId, missing),
      {
        sentence: 'and the rows: the order is placed and paid, whatever the client was told',
        held: order?.rows.order.includes('status placed') === true,
      },
      {
        sentence: 'of the refused one there are lines in four services, and nothing else',
        held: refusals.length === FIVE - 1 && !ofRefused.order,
        notSeen: refusals.length < FIVE - 1 && !ofRefused.order ? notSearched(ofRefused) : undefined,
      },
    ],
    withPattern: `${own} lines of ${inServices.length} services, 1 Kafka record, 1 order, from one id in ${seconds.toFixed(1)} s`,
    withoutPattern: `${candidates} lines of the same time to read, to find those ${own}`,
    picture: {
      title: 'lines to read',
      bars: [
        { name: 'from the id', value: own },
        { name: 'by the time', value: candidates, without: true },
      ],
    },
    lookAt: [
      `the reply that was lost: ${tracesUrl}/api/traces/${lost.traceId}`,
      `the refusal: ${tracesUrl}/api/traces/${refused.traceId}`,
      `by hand: npm run find -- ${lost.traceId}`,
      'the id in each line: libs/telemetry/src/logger.ts; in Kafka: services/storage/src/outbound/event-log.ts',
    ],
  };
}
