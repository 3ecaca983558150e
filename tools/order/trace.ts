/** One trace from Jaeger's query API, as a tree for the terminal. */
import { setTimeout as sleep } from 'node:timers/promises';

interface Tag {
  readonly key: string;
  readonly value: unknown;
}

export interface Span {
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly { readonly refType: string; readonly spanID: string }[];
  /** Microseconds. */
  readonly startTime: number;
  readonly duration: number;
  readonly tags: readonly Tag[];
  readonly processID: string;
}

export interface Trace {
  readonly traceID: string;
  readonly spans: readonly Span[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string; readonly tags?: readonly Tag[] }>>;
}

const LOOK_EVERY_MS = 150;
/** One that is frozen takes the question and says nothing. */
const ANSWER_MS_MAX = 10_000;

/** Undefined when the trace store has no span of it. */
export async function fetchTrace(tracesUrl: string, traceId: string): Promise<Trace | undefined> {
  const response = await fetch(`${tracesUrl}/api/traces/${traceId}`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  return response.ok ? ((await response.json()) as { data: Trace[] }).data[0] : undefined;
}

/** Waits until the trace holds what `complete` asks for; gives what is there when it does not come in time. */
export async function readTrace(
  tracesUrl: string,
  traceId: string,
  complete: (trace: Trace) => boolean,
  atMostMs: number,
): Promise<Trace | undefined> {
  const until = performance.now() + atMostMs;
  let trace: Trace | undefined;
  do {
    trace = (await fetchTrace(tracesUrl, traceId)) ?? trace;
    if (trace && complete(trace)) return trace;
    await sleep(LOOK_EVERY_MS);
  } while (performance.now() < until);
  return trace;
}

export const tagOf = (span: Span, key: string): unknown => span.tags.find((tag) => tag.key === key)?.value;

export const serviceOf = (trace: Trace, span: Span): string => trace.processes[span.processID]?.serviceName ?? '?';

function replicaOf(trace: Trace, span: Span): string {
  const tags = trace.processes[span.processID]?.tags ?? [];
  return String(tags.find(({ key }) => key === 'service.instance.id')?.value ?? serviceOf(trace, span));
}

/** One line a span: tree, operation, replica, start after the first span, duration. */
export function treeOf(trace: Trace): string[] {
  const known = new Set(trace.spans.map(({ spanID }) => spanID));
  const parentOf = (span: Span): string =>
    span.references.find(({ refType, spanID }) => refType === 'CHILD_OF' && known.has(spanID))?.spanID ?? '';
  const childrenOf = Map.groupBy(
    [...trace.spans].sort((a, b) => a.startTime - b.startTime),
    parentOf,
  );
  const startTime = Math.min(...trace.spans.map((span) => span.startTime));
  const rows: [string, string, string, string][] = [];
  const visit = (span: Span, branch: string, indent: string): void => {
    const failed = tagOf(span, 'failure.reason');
    rows.push([
      `${branch}${span.operationName}${failed ? `  [${String(failed)}]` : ''}`,
      replicaOf(trace, span),
      `+${milliseconds(span.startTime - startTime)}`,
      milliseconds(span.duration),
    ]);
    const children = childrenOf.get(span.spanID) ?? [];
    for (const [at, child] of children.entries()) {
      const last = at === children.length - 1;
      visit(child, `${indent}${last ? '└─ ' : '├─ '}`, `${indent}${last ? '   ' : '│  '}`);
    }
  };
  for (const root of childrenOf.get('') ?? []) visit(root, '', '');
  return aligned([['operation', 'process', 'starts', 'takes'], ...rows]);
}

const milliseconds = (microseconds: number): string => `${(microseconds / 1_000).toFixed(1)} ms`;

function aligned(rows: readonly (readonly [string, string, string, string])[]): string[] {
  const width = (column: 0 | 1 | 2 | 3): number => Math.max(...rows.map((row) => [...row[column]].length));
  const [operation, process, start, duration] = [width(0), width(1), width(2), width(3)];
  return rows.map(
    (row) =>
      `${row[0].padEnd(operation)}  ${row[1].padEnd(process)}  ${row[2].padStart(start)}  ${row[3].padStart(duration)}`,
  );
}
