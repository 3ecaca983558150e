/** What was found of one request, for the terminal. */
import type { Line } from '../infrastructure/watcher/logs.ts';
import { countedText, ORDERS_TOPIC, withoutRecord } from '../order/stores.ts';
import { serviceOf, treeOf } from '../order/trace.ts';
import type { Evidence } from './evidence.ts';

/** "10:00:00.010  warn   gateway-1         failed  route …, kind timed_out, …" */
export function lineText({ at, level, process, message, fields }: Line): string {
  const facts = Object.entries(fields).map(([name, value]) => `${name} ${value}`);
  return `${at.slice(11, 23)}  ${level.padEnd(5)}  ${process.padEnd(16)}  ${message}: ${facts.join(', ')}`;
}

export const servicesIn = (lines: readonly Line[]): string[] =>
  [...new Set(lines.map(({ service }) => service))].sort();

export function evidenceText({ traceId, trace, lines, whole, notSearched, order }: Evidence): string[] {
  const services = trace ? new Set(trace.spans.map((span) => serviceOf(trace, span))).size : 0;
  return [
    `trace ${traceId}`,
    ...(trace
      ? [...treeOf(trace), `${trace.spans.length} spans in ${services} services`]
      : ['  no spans: forgotten, never recorded, or not sent yet']),
    '',
    notSearched === undefined
      ? `logs: ${lines.length} lines of ${servicesIn(lines).length} services${whole ? '' : ' (too long to be searched whole)'}`
      : `logs: not searched: ${notSearched}`,
    ...lines.map((line) => `  ${lineText(line)}`),
    '',
    ...orderText(order),
  ];
}

function orderText(order: Evidence['order']): string[] {
  if (!order) return ['no order was placed by this request: there is no event of it in the outbox'];
  const { orderId, event, rows, record } = order;
  return [
    `order ${orderId}`,
    ...Object.entries(rows).map(([what, text]) => `  ${what.padEnd(8)}${text}`),
    record
      ? `  Kafka   ${ORDERS_TOPIC}, partition ${record.partition}, offset ${record.offset}, ${record.bytes} bytes, event ${record.eventId}`
      : `  Kafka   ${withoutRecord(event)}`,
    `  analytics ${countedText(order)}`,
  ];
}
