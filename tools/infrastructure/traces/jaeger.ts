/** Spans in the JSON that Jaeger's query API answers, with the tags that Jaeger adds to an OTLP span. */
import { durationNanosOf, kindOf, microsOf, type OtlpAttribute, type OtlpSpan, type OtlpValue } from './otlp.ts';
import type { StoredSpan } from './store.ts';
import { warningsOf } from './warnings.ts';

export interface JaegerTag {
  readonly key: string;
  readonly type: 'string' | 'bool' | 'int64' | 'float64' | 'binary';
  readonly value: string | number | boolean;
}

export interface JaegerReference {
  readonly refType: 'CHILD_OF' | 'FOLLOWS_FROM';
  readonly traceID: string;
  readonly spanID: string;
}

export interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly JaegerReference[];
  /** µs since 1970. */
  readonly startTime: number;
  /** µs */
  readonly duration: number;
  readonly tags: readonly JaegerTag[];
  readonly logs: readonly { readonly timestamp: number; readonly fields: readonly JaegerTag[] }[];
  readonly processID: string;
  readonly warnings: readonly string[] | null;
}

export interface JaegerProcess {
  readonly serviceName: string;
  readonly tags: readonly JaegerTag[];
}

export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<Record<string, JaegerProcess>>;
  readonly warnings: null;
}

export function toJaeger(stored: readonly StoredSpan[]): JaegerTrace {
  const processIds = new Map<string, string>();
  const processes: Record<string, JaegerProcess> = {};
  const warnings = warningsOf(stored);
  const spans = stored.map(({ span, origin }, at) => {
    const key = JSON.stringify(origin.resource);
    const processID = processIds.get(key) ?? `p${processIds.size + 1}`;
    processIds.set(key, processID);
    processes[processID] ??= {
      serviceName: origin.service,
      tags: byKey(origin.resource.filter((attribute) => attribute.key !== 'service.name').map(tagOf)),
    };
    return spanOf({ span, origin }, processID, warnings[at] ?? []);
  });
  spans.sort((a, b) => a.startTime - b.startTime);
  return { traceID: spans[0]?.traceID ?? '', spans, processes, warnings: null };
}

function spanOf({ span, origin }: StoredSpan, processID: string, warnings: readonly string[]): JaegerSpan {
  return {
    traceID: shownTraceId(span.traceId),
    spanID: span.spanId,
    operationName: span.name ?? '',
    references: referencesOf(span),
    startTime: microsOf(span.startTimeUnixNano),
    duration: Math.trunc(durationNanosOf(span) / 1_000),
    tags: byKey([
      ...(origin.scope === undefined ? [] : [text('otel.scope.name', origin.scope)]),
      ...(origin.scopeVersion === undefined ? [] : [text('otel.scope.version', origin.scopeVersion)]),
      ...(span.attributes ?? []).map(tagOf),
      ...kindTag(span.kind),
      ...statusTags(span.status),
      ...(span.traceState ? [text('w3c.tracestate', span.traceState)] : []),
    ]),
    logs: (span.events ?? []).map(({ timeUnixNano, name, attributes }) => ({
      timestamp: microsOf(timeUnixNano),
      fields: [...(name ? [text('event', name)] : []), ...byKey((attributes ?? []).map(tagOf))],
    })),
    processID,
    warnings: warnings.length > 0 ? warnings : null,
  };
}

const byKey = (tags: readonly JaegerTag[]): JaegerTag[] =>
  tags.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));

/** Jaeger leaves out the upper half of an id where it is zero. */
export const shownTraceId = (traceId: string): string => traceId.toLowerCase().replace(/^0{16}/, '');

function referencesOf(span: OtlpSpan): JaegerReference[] {
  const traceID = shownTraceId(span.traceId);
  const parent = span.parentSpanId
    ? [{ refType: 'CHILD_OF', traceID, spanID: span.parentSpanId.toLowerCase() } as const]
    : [];
  const links = (span.links ?? []).flatMap(({ traceId, spanId }) =>
    traceId && spanId
      ? [{ refType: 'FOLLOWS_FROM', traceID: shownTraceId(traceId), spanID: spanId.toLowerCase() } as const]
      : [],
  );
  return [...parent, ...links];
}

function kindTag(kind: number | string | undefined): JaegerTag[] {
  const name = kindOf(kind);
  return name === '' ? [] : [text('span.kind', name)];
}

function statusTags(status: OtlpSpan['status']): JaegerTag[] {
  const isOk = status?.code === 1 || status?.code === 'STATUS_CODE_OK';
  const isError = status?.code === 2 || status?.code === 'STATUS_CODE_ERROR';
  return [
    ...(isError ? [{ key: 'error', type: 'bool', value: true } as const, text('otel.status_code', 'ERROR')] : []),
    ...(isOk ? [text('otel.status_code', 'OK')] : []),
    ...(status?.message ? [text('otel.status_description', status.message)] : []),
  ];
}

const text = (key: string, value: string): JaegerTag => ({ key, type: 'string', value });

export function tagOf({ key, value: given }: OtlpAttribute): JaegerTag {
  const value = given ?? {};
  if (value.boolValue !== undefined) return { key, type: 'bool', value: value.boolValue };
  if (value.doubleValue !== undefined) return { key, type: 'float64', value: value.doubleValue };
  if (value.bytesValue !== undefined) return { key, type: 'binary', value: value.bytesValue };
  if (value.intValue !== undefined) {
    // Past 2^53 a number would be another one; Jaeger sends text then, too.
    const number = Number(value.intValue);
    return { key, type: 'int64', value: Number.isSafeInteger(number) ? number : String(value.intValue) };
  }
  if (value.arrayValue !== undefined || value.kvlistValue !== undefined) return text(key, JSON.stringify(plain(value)));
  return text(key, value.stringValue ?? '');
}

/** Lists and maps are shown as JSON text, as Jaeger does. */
function plain(value: OtlpValue): unknown {
  if (value.arrayValue) return (value.arrayValue.values ?? []).map(plain);
  if (value.kvlistValue)
    return Object.fromEntries((value.kvlistValue.values ?? []).map((each) => [each.key, plain(each.value ?? {})]));
  if (value.intValue !== undefined) return Number(value.intValue);
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? value.bytesValue ?? null;
}
