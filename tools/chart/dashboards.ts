/**
 * Grafana's dashboards as data, written to helm/seams/dashboards by `npm run generate`. Every metric in them is one of
 * docs/metrics.md or docs/policies.md; tools/chart/dashboards.test.ts compares.
 */

export const DASHBOARDS_FOLDER = 'helm/seams/dashboards';

interface Panel {
  readonly title: string;
  /** What to think of it. */
  readonly description: string;
  readonly unit: 'short' | 'bytes' | 's' | 'reqps' | 'percentunit';
  readonly queries: Readonly<Record<string, string>>;
  /** From here on it is drawn red. */
  readonly redFrom?: number;
}

interface Dashboard {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Series of this release only. */
const mine = 'namespace="$namespace"';
const rate = (metric: string, by: string): string => `sum by (${by}) (rate(${metric}{${mine}}[1m]))`;

const dashboards: Readonly<Record<string, Dashboard>> = {
  'front-door': {
    title: 'Seams: front door',
    panels: [
      {
        title: 'In flight, by criticality',
        description: 'What the gateways work on now. Flat at the limit: they shed (docs/overload.md).',
        unit: 'short',
        queries: { '{{criticality}}': `sum by (criticality) (seams_gateway_in_flight{${mine}})` },
      },
      {
        title: 'Let in, and ended',
        description: 'What the gateways took on. That less ends than comes in is a queue that grows.',
        unit: 'reqps',
        queries: {
          '{{criticality}}': rate('seams_gateway_admitted_requests_total', 'criticality'),
          ended: `sum(rate(seams_gateway_ended_requests_total{${mine}}[1m]))`,
        },
      },
      {
        title: 'Time of a request',
        description: 'The mean of those that ended, from being let in to the answer.',
        unit: 's',
        queries: {
          mean: `sum(rate(seams_gateway_request_seconds_total{${mine}}[1m])) / sum(rate(seams_gateway_ended_requests_total{${mine}}[1m]))`,
        },
      },
      {
        title: 'Refused because too much is in flight',
        description: 'The least critical first; an order among them says that more gateways are needed.',
        unit: 'reqps',
        queries: { '{{criticality}}': rate('seams_gateway_shed_requests_total', 'criticality') },
      },
      {
        title: 'Refused because one asked too often',
        description: 'By customer, or by address for who logs in and registers.',
        unit: 'reqps',
        queries: { '{{by}}': rate('seams_gateway_limited_requests_total', 'by') },
      },
      {
        title: 'Token buckets kept',
        description: 'Near BUCKETS_MAX the oldest are forgotten.',
        unit: 'short',
        queries: { '{{by}}': `sum by (by) (seams_gateway_buckets{${mine}})` },
      },
    ],
  },
  arrows: {
    title: 'Seams: calls between services',
    panels: [
      {
        title: 'Breakers',
        description: '0 closed, 1 half-open, 2 open, by process and callee.',
        unit: 'short',
        redFrom: 2,
        queries: { '{{pod}} to {{callee}}': `seams_policy_breaker_state{${mine}}` },
      },
      {
        title: 'Attempts for each call',
        description: 'Above 1.1 only while the reserve of the retry budget lasts (docs/policies.md).',
        unit: 'short',
        redFrom: 1.2,
        queries: {
          '{{callee}}': `${rate('seams_policy_attempts_total', 'callee')} / ${rate('seams_policy_calls_total', 'callee')}`,
        },
      },
      {
        title: 'Calls',
        description: 'What was asked for.',
        unit: 'reqps',
        queries: { '{{callee}}': rate('seams_policy_calls_total', 'callee') },
      },
      {
        title: 'Retries',
        description: 'Made, and denied by the budget.',
        unit: 'reqps',
        queries: {
          '{{callee}}': rate('seams_policy_retries_total', 'callee'),
          '{{callee}} denied': rate('seams_policy_retries_denied_total', 'callee'),
        },
      },
      {
        title: 'Refused by breaker or bulkhead',
        description: 'Answered at once with 503, without a call.',
        unit: 'reqps',
        queries: { '{{callee}}': rate('seams_policy_refused_total', 'callee') },
      },
      {
        title: 'Attempts under way',
        description: 'Of 256 per process and callee.',
        unit: 'short',
        queries: { '{{callee}}': `sum by (callee) (seams_policy_in_flight{${mine}})` },
      },
      {
        title: 'Time of an attempt',
        description: 'The mean of those that ended, however they did.',
        unit: 's',
        queries: {
          '{{callee}}': `${rate('seams_policy_attempt_seconds_total', 'callee')} / ${rate('seams_policy_attempts_ended_total', 'callee')}`,
        },
      },
      {
        title: 'Breakers that opened',
        description: 'In the last minute.',
        unit: 'short',
        queries: { '{{callee}}': `sum by (callee) (increase(seams_policy_breaker_opened_total{${mine}}[1m]))` },
      },
    ],
  },
  processes: {
    title: 'Seams: outbox and processes',
    panels: [
      {
        title: 'Oldest event that waits',
        description: 'Above 10 s for a minute: events do not reach Kafka. Orders go on meanwhile (docs/failures.md).',
        unit: 's',
        redFrom: 10,
        queries: { oldest: `max(seams_outbox_oldest_seconds{${mine}})` },
      },
      {
        title: 'Events that wait',
        description: 'Both replicas look at one table and say the same.',
        unit: 'short',
        queries: { waiting: `max(seams_outbox_waiting{${mine}})` },
      },
      {
        title: 'Published',
        description: 'Those that came twice are counted twice.',
        unit: 'reqps',
        queries: { '{{pod}}': `rate(seams_relay_published_events_total{${mine}}[1m])` },
      },
      {
        title: 'Consumed',
        description: 'By analytics, however it ended. For long below what is published: its lag grows.',
        unit: 'reqps',
        queries: { '{{pod}}': `rate(seams_consumed_events_total{${mine}}[1m])` },
      },
      {
        title: 'Behind',
        description:
          'The mean from being published to being counted. Well under a second; more for long: analytics is too slow.',
        unit: 's',
        queries: {
          mean: `sum(rate(seams_consumed_delay_seconds_total{${mine}}[1m])) / sum(rate(seams_consumed_events_total{${mine}}[1m]))`,
        },
      },
      {
        title: 'Statements to Postgres',
        description: 'Round trips, by database. Grouped orders share one.',
        unit: 'reqps',
        queries: { '{{database}}': rate('seams_postgres_statements_total', 'database') },
      },
      {
        title: 'Time of a statement',
        description: 'The mean, by database.',
        unit: 's',
        queries: {
          '{{database}}': `${rate('seams_postgres_statement_seconds_total', 'database')} / ${rate('seams_postgres_statements_total', 'database')}`,
        },
      },
      {
        title: 'Who leads, and its term',
        description: 'A term that rises every few seconds: relays take over from each other and get nothing done.',
        unit: 'short',
        queries: {
          '{{pod}} leads': `seams_relay_leads{${mine}}`,
          'highest term': `max(seams_relay_term{${mine}})`,
        },
      },
      {
        title: 'Resident memory',
        description: 'A service rests near 100 MB.',
        unit: 'bytes',
        queries: { '{{pod}}': `process_memory_usage_bytes{${mine}}` },
      },
      {
        title: 'CPU',
        description: 'Cores.',
        unit: 'percentunit',
        queries: { '{{pod}}': `rate(process_cpu_time_seconds_total{${mine}}[1m])` },
      },
      {
        title: 'Lost spans and log lines',
        description: 'Above 0: a collector refuses or is away, or nobody reads a log. Exported spans show the load.',
        unit: 'short',
        queries: {
          'exported {{pod}}': `rate(seams_spans_exported_total{${mine}}[1m])`,
          'failed {{pod}}': `rate(seams_spans_failed_total{${mine}}[1m])`,
          'dropped {{pod}}': `rate(seams_spans_dropped_total{${mine}}[1m])`,
          'waiting {{pod}}': `seams_spans_waiting{${mine}}`,
          'log lines dropped {{pod}}': `rate(seams_log_lines_dropped_total{${mine}}[1m])`,
        },
      },
      {
        title: 'Injected faults that fired',
        description: 'Only where SEAMS_LABS=on: a request asked for each of them.',
        unit: 'short',
        queries: {
          '{{pod}} {{operation}} {{action}}': `rate(seams_faults_fired_total{${mine}}[1m])`,
        },
      },
      {
        title: 'Up since',
        description: 'A line that falls to 0 is a restart.',
        unit: 's',
        queries: { '{{pod}}': `process_uptime_seconds{${mine}}` },
      },
    ],
  },
};

const [WIDTH, HEIGHT] = [12, 8] as const;
const datasource = { type: 'prometheus', uid: '${datasource}' };

const grafanaPanel = ({ title, description, unit, queries, redFrom }: Panel, index: number): object => ({
  id: index + 1,
  type: 'timeseries',
  title,
  description,
  datasource,
  gridPos: { x: (index % 2) * WIDTH, y: Math.floor(index / 2) * HEIGHT, w: WIDTH, h: HEIGHT },
  fieldConfig: {
    defaults: {
      unit,
      min: 0,
      ...(redFrom === undefined
        ? {}
        : {
            thresholds: { mode: 'absolute', steps: [{ color: 'green' }, { color: 'red', value: redFrom }] },
            custom: { thresholdsStyle: { mode: 'line' } },
          }),
    },
    overrides: [],
  },
  targets: Object.entries(queries).map(([legendFormat, expr], at) => ({
    refId: String.fromCharCode(65 + at),
    datasource,
    expr,
    legendFormat,
  })),
});

function grafanaDashboard(name: string, { title, panels }: Dashboard): object {
  return {
    uid: `seams-${name}`,
    title,
    tags: ['seams'],
    schemaVersion: 39,
    editable: true,
    refresh: '10s',
    time: { from: 'now-30m', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', type: 'datasource', query: 'prometheus' },
        { name: 'namespace', type: 'query', datasource, query: 'label_values(process_uptime_seconds, namespace)' },
      ],
    },
    panels: panels.map(grafanaPanel),
  };
}

/** File name and text. */
export const dashboardFiles = (): Map<string, string> =>
  new Map(
    Object.entries(dashboards).map(([name, dashboard]) => [
      `${name}.json`,
      `${JSON.stringify(grafanaDashboard(name, dashboard), undefined, 2)}\n`,
    ]),
  );
