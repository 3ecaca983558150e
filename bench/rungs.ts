/** What is measured beside each other: one process, and five services with one part more on each rung. */

export interface Rung {
  readonly single: boolean;
  /** What its processes are given beside their environment; SEAMS_RUNG is libs/resilience/src/naive/rungs.ts. */
  readonly env: Readonly<Record<string, string>>;
  readonly says: string;
  /** Only one replica of each service: the others are removed once it stands. */
  readonly lone?: boolean;
}

/** Without OpenTelemetry's SDK every span is its API's empty one, and no trace context travels. */
const UNTRACED = { OTEL_SDK_DISABLED: 'true' };

/** From the bottom to the top. There is no rung for mTLS yet: services do not speak it. */
export const RUNGS = {
  single: { single: true, env: {}, says: 'one process, as shipped' },
  bare: { single: false, env: { ...UNTRACED, SEAMS_RUNG: 'bare' }, says: 'five services, nothing around a call' },
  retries: { single: false, env: { ...UNTRACED, SEAMS_RUNG: 'retries' }, says: '+ deadlines, retries, their budget' },
  guarded: { single: false, env: UNTRACED, says: '+ circuit breakers and bulkheads' },
  five: { single: false, env: {}, says: '+ tracing, of some requests: as shipped' },
  traced: { single: false, env: { SEAMS_TRACE_RATIO: '1' }, says: '+ tracing, of all requests' },
  // Beside the ladder: what sharing streams is worth.
  apart: { single: false, env: { SEAMS_RUNG: 'apart' }, says: 'as shipped, but each call on a stream of its own' },
  // Beside the ladder: what the second replicas cost where all share two cores (docs/capacity.md).
  lone: { single: false, env: {}, lone: true, says: 'as shipped, but one replica of each service' },
} as const satisfies Readonly<Record<string, Rung>>;

export type RungName = keyof typeof RUNGS;
export const rungNames = Object.keys(RUNGS) as readonly RungName[];
