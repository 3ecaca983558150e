/** The result as a table for people. */
import { tableOf as auditTable } from '../audit/show.ts';
import type { FaultCount } from './fired.ts';
import type { Phase, Phases } from './phases.ts';
import type { Replays } from './replays.ts';
import type { LoadResult } from './result.ts';
import type { Quantiles } from './statistics.ts';

const NAMED_MAX = 5;

export function tableOf(result: LoadResult, lookAt: readonly string[]): string[] {
  const { audit } = result;
  return [
    ...heading(result),
    ...(result.fired.length > 0 ? ['', ...faultTable(result.fired)] : []),
    ...(result.phases ? ['', ...phaseTable(result.phases)] : []),
    '',
    ...outcomes(result),
    '',
    `${'ms from the scheduled arrival'.padEnd(34)}${['p50', 'p99', 'max'].map((name) => name.padStart(8)).join('')}`,
    times('to the first answer', result.ms.first),
    times('to the definite answer', result.ms.definite),
    '',
    ...again(result),
    ...(typeof audit === 'object' ? ['', ...auditTable(audit)] : []),
    '',
    verdictOf(result),
    ...(lookAt.length === 0 ? [] : ['', 'look at', ...lookAt.map((line) => `  ${line}`)]),
  ];
}

export function verdictOf({ ok, failures, orders, replays, audit }: LoadResult): string {
  if (!ok) return `load: not good: ${failures.join('; ')}`;
  const parts = [
    `${orders.sent} orders, ${orders.unknownOnce} unknown and resolved`,
    ...(replays ? [`every replay byte-equal (${replays.sent})`] : []),
    ...(audit ? ['the audit is clean'] : []),
  ];
  return `load: good: ${parts.join(', ')}`;
}

function heading({ seed, orders, customers, rate, interrupted, without, faults }: LoadResult): string[] {
  const stopped = interrupted ? `, stopped before ${orders.planned - orders.sent} more` : '';
  return [
    `seed ${seed}: ${orders.sent} orders of ${customers} customers in ${rate.seconds.toFixed(1)} s${stopped}`,
    `rate: ${rate.asked.toFixed(1)}/s asked, ${rate.reached.toFixed(1)}/s reached (open loop, Poisson gaps)`,
    `in flight: ${orders.inFlightMax} requests at most; ${orders.heldBack} orders were held back by that`,
    ...(without.length > 0 ? [`without: ${without.join(', ')}`] : []),
    ...(faults.length > 0 ? [`faults: ${faults.join(', ')}`] : []),
  ];
}

function faultTable(fired: readonly FaultCount[]): string[] {
  const line = (fault: string, edge: string, counts: readonly (string | number)[]): string =>
    `${fault.padEnd(34)}${edge.padEnd(18)}${counts.map((count) => String(count).padStart(10)).join('')}`;
  return [
    line('fault', 'edge', ['requests', 'fired']),
    ...fired.map((one) =>
      line(one.fault, one.edge, [one.asked, `${one.fired}${one.asked > 0 && one.fired === 0 ? ' !' : ''}`]),
    ),
  ];
}

function phaseTable({ baseline, faults }: Phases): string[] {
  const row = (name: string, of: (phase: Phase) => number, digits = 0): string => {
    const [before, during] = [of(baseline), of(faults)];
    const ratio = before === 0 ? '-' : `${(during / before).toFixed(2)}x`;
    return cells(name, [before.toFixed(digits), during.toFixed(digits), ratio]);
  };
  const share = (part: number, { orders }: Phase): number => (100 * part) / orders;
  return [
    cells('without faults, then with them', ['baseline', 'with faults', 'ratio']),
    cells('orders', [baseline.orders, faults.orders, '']),
    row('% definite at the first answer', (one) => share(one.first.done + one.first.refused, one), 1),
    row('requests for each order', (one) => one.requests / one.orders, 2),
    row('ms to the first answer, p50', (one) => one.ms.first.p50),
    row('ms to the first answer, p99', (one) => one.ms.first.p99),
    row('ms to the definite answer, p50', (one) => one.ms.definite.p50),
    row('ms to the definite answer, p99', (one) => one.ms.definite.p99),
  ];
}

const cells = (name: string, values: readonly (string | number)[]): string =>
  `${name.padEnd(34)}${values.map((value) => String(value).padStart(12)).join('')}`.trimEnd();

function outcomes({ orders, refusedFor }: LoadResult): string[] {
  const { first, end } = orders;
  const line = (name: string, one: number, other: number): string =>
    `${name.padEnd(34)}${String(one).padStart(12)}${String(other).padStart(12)}`;
  const reasons = Object.entries(refusedFor).map(([reason, count]) => `${count} ${reason}`);
  return [
    `${'orders'.padEnd(34)}${'first answer'.padStart(12)}${'in the end'.padStart(12)}`,
    line('done', first.done, end.done),
    `${line('refused', first.refused, end.refused)}${reasons.length > 0 ? `   ${reasons.join(', ')}` : ''}`,
    line('not done, try later', first.notDone, end.notDone),
    line('unknown', first.unknown, end.unknown),
    `unknown at some time: ${orders.unknownOnce} → ${orders.resolved} resolved; ${orders.requests} requests in all`,
  ];
}

const times = (name: string, { p50, p99, max }: Quantiles): string =>
  `${name.padEnd(34)}${[p50, p99, max].map((ms) => ms.toFixed(0).padStart(8)).join('')}`;

function again({ replays, otherContent, contradictions, without }: LoadResult): string[] {
  const why = without.includes('idempotency') ? 'without idempotency each would be a new order' : 'none were asked for';
  return [
    replays
      ? `sent again with their keys: ${replays.sent}, ${replays.equal} equal in status and bytes, ${replays.differing.length} not`
      : `sent again with their keys: 0 (${why})`,
    ...namesOf(replays?.differing ?? []),
    ...(otherContent ? [otherLine(otherContent), ...namesOf(otherContent.differing)] : []),
    ...(contradictions.length > 0 ? [`answers that contradict each other: ${contradictions.length}`] : []),
    ...namesOf(contradictions),
  ];
}

const otherLine = ({ sent, equal, differing }: Replays): string =>
  `sent with their keys and other content: ${sent}, ${equal} refused with 422, ${differing.length} not`;

const namesOf = (lines: readonly string[]): string[] => [
  ...lines.slice(0, NAMED_MAX).map((line) => `  ${line}`),
  ...(lines.length > NAMED_MAX ? [`  and ${lines.length - NAMED_MAX} more`] : []),
];
