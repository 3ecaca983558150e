/** What Jaeger remarks on spans when it stores and reads them. Its correction of clock skew is off, so it tells and changes nothing. */
import { durationText, timeText } from './go-values.ts';
import { durationNanosOf, nanosOf, type OtlpAttribute, type OtlpSpan } from './otlp.ts';
import type { StoredSpan } from './store.ts';

interface Node {
  readonly stored: StoredSpan;
  readonly children: Node[];
}

/** Per span of this trace, in the same order. */
export function warningsOf(trace: readonly StoredSpan[]): (readonly string[])[] {
  const warnings = new Map<StoredSpan, string[]>(trace.map((stored) => [stored, []]));
  const warn = (stored: StoredSpan, warning: string): unknown => warnings.get(stored)?.push(warning);
  // Jaeger finds the span of this remark by its id, and the last one of that id wins.
  const lastOf = new Map(trace.map((stored) => [stored.span.spanId, stored]));
  for (const { span } of trace) {
    const negative = negativeDurationOf(span);
    if (negative !== undefined) warn(lastOf.get(span.spanId) as StoredSpan, negative);
  }
  const nodes = new Map<string, Node>();
  for (const stored of trace) {
    if (nodes.has(stored.span.spanId)) warn(stored, 'duplicate span IDs; skipping clock skew adjustment');
    else nodes.set(stored.span.spanId, { stored, children: [] });
  }
  const roots: Node[] = [];
  for (const node of nodes.values()) {
    const parentId = parentIdOf(node.stored.span);
    const parent = parentId === undefined ? undefined : nodes.get(parentId);
    (parent?.children ?? roots).push(node);
    if (parentId !== undefined && !parent)
      warn(node.stored, `invalid parent span IDs=${parentId}; skipping clock skew adjustment`);
  }
  for (const root of roots) warnOfSkew(root, { hostKey: hostKeyOf(root.stored), nanos: 0 }, warn);
  return trace.map((stored) => warnings.get(stored) as string[]);
}

function negativeDurationOf({ startTimeUnixNano, endTimeUnixNano }: OtlpSpan): string | undefined {
  const [start, end] = [nanosOf(startTimeUnixNano), nanosOf(endTimeUnixNano)];
  if (start < end) return undefined;
  const adjusted = timeText(start + 1n);
  return `Negative duration detected, sanitizing end timestamp. Original end timestamp: ${timeText(end)}, adjusted to: ${adjusted}`;
}

/** Without a parent a link into the same trace stands for it. */
function parentIdOf(span: OtlpSpan): string | undefined {
  const link = span.links?.find(({ traceId, spanId }) => traceId?.toLowerCase() === span.traceId && spanId);
  return (span.parentSpanId || link?.spanId)?.toLowerCase();
}

/** Depth first without recursion: a trace may be one long chain. */
function warnOfSkew(
  root: Node,
  skew: { readonly hostKey: string; readonly nanos: number },
  warn: (stored: StoredSpan, warning: string) => unknown,
): void {
  const left = [{ node: root, parent: undefined as Node | undefined, skew }];
  for (let at = left.pop(); at; at = left.pop()) {
    const { node, parent } = at;
    const hostKey = hostKeyOf(node.stored);
    const isOther = parent !== undefined && (hostKey !== at.skew.hostKey || hostKey === '');
    const own = isOther ? { hostKey, nanos: skewNanosOf(node.stored.span, parent.stored.span) } : at.skew;
    if (own.nanos !== 0)
      warn(node.stored, `clock skew adjustment disabled; not applying calculated delta of ${durationText(own.nanos)}`);
    for (const child of node.children) left.push({ node: child, parent: node, skew: own });
  }
}

/** By how much a child would have to be moved to lie within its parent. */
function skewNanosOf(child: OtlpSpan, parent: OtlpSpan): number {
  const childNanos = durationNanosOf(child);
  const parentNanos = durationNanosOf(parent);
  const early = Number(nanosOf(parent.startTimeUnixNano) - nanosOf(child.startTimeUnixNano));
  if (childNanos > parentNanos) return Math.max(early, 0);
  if (early <= 0 && childNanos - early <= parentNanos) return 0;
  return early + Math.trunc((parentNanos - childNanos) / 2);
}

const hostKeyOf = ({ origin }: StoredSpan): string =>
  origin.resource.find(({ key }: OtlpAttribute) => key === 'ip')?.value?.stringValue ?? '';
