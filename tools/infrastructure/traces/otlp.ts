/** OTLP/JSON as the exporters send it: the parts of it that we read, and one pass that takes it apart. */

export interface OtlpValue {
  readonly stringValue?: string;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
  readonly bytesValue?: string;
  readonly arrayValue?: { readonly values?: readonly OtlpValue[] };
  readonly kvlistValue?: { readonly values?: readonly OtlpAttribute[] };
}

export interface OtlpAttribute {
  readonly key: string;
  readonly value?: OtlpValue;
}

export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly flags?: number;
  readonly name?: string;
  readonly kind?: number | string;
  readonly startTimeUnixNano?: string | number;
  readonly endTimeUnixNano?: string | number;
  readonly attributes?: readonly OtlpAttribute[];
  readonly events?: readonly {
    readonly timeUnixNano?: string | number;
    readonly name?: string;
    readonly attributes?: readonly OtlpAttribute[];
  }[];
  readonly links?: readonly { readonly traceId?: string; readonly spanId?: string }[];
  readonly status?: { readonly code?: number | string; readonly message?: string };
}

/** What many spans have in common: the process that made them and the instrumentation scope. */
export interface Origin {
  readonly service: string;
  /** With `service.name`, which Jaeger adds where there is none. */
  readonly resource: readonly OtlpAttribute[];
  readonly scope: string | undefined;
  readonly scopeAttributes: readonly OtlpAttribute[];
  readonly scopeVersion: string | undefined;
}

export interface Received {
  readonly spans: readonly { readonly span: OtlpSpan; readonly origin: Origin }[];
  /** Spans without a usable id. */
  readonly rejected: number;
}

export class NotOtlp extends Error {}

const listOf = (value: unknown, where: string): readonly Record<string, unknown>[] => {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.some((each) => typeof each !== 'object' || each === null)) {
    throw new NotOtlp(`${where} is not a list of objects`);
  }
  return value;
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export function takeApart(request: unknown): Received {
  if (typeof request !== 'object' || request === null) throw new NotOtlp('the body is not an object');
  const spans: { span: OtlpSpan; origin: Origin }[] = [];
  let rejected = 0;
  for (const group of listOf((request as Record<string, unknown>).resourceSpans, 'resourceSpans')) {
    const attributes = attributesOf((group.resource as Record<string, unknown> | undefined)?.attributes);
    const service = serviceOf(attributes);
    const resource = [
      ...attributes.filter(({ key }) => key !== SERVICE_NAME),
      { key: SERVICE_NAME, value: { stringValue: service } },
    ];
    for (const part of listOf(group.scopeSpans, 'scopeSpans')) {
      const scope = (part.scope ?? {}) as Record<string, unknown>;
      const origin = {
        service,
        resource,
        scope: textOf(scope.name),
        scopeVersion: textOf(scope.version),
        scopeAttributes: attributesOf(scope.attributes),
      };
      for (const span of listOf(part.spans, 'spans')) {
        if (isUsable(span)) spans.push({ span, origin });
        else rejected += 1;
      }
    }
  }
  return { spans, rejected };
}

const SERVICE_NAME = 'service.name';

/** Jaeger's names for processes without a usable one. */
function serviceOf(resource: readonly OtlpAttribute[]): string {
  const attribute = resource.find(({ key }) => key === SERVICE_NAME);
  if (attribute === undefined) return 'missing-service-name';
  if (attribute.value?.stringValue === undefined) return 'service-name-wrong-type';
  return attribute.value.stringValue || 'empty-service-name';
}

const attributesOf = (value: unknown): readonly OtlpAttribute[] =>
  listOf(value, 'attributes').filter(
    (each): each is Record<string, unknown> & OtlpAttribute => typeof each.key === 'string',
  );

const isUsable = (span: Record<string, unknown>): span is Record<string, unknown> & OtlpSpan =>
  isId(span.traceId, 32) &&
  isId(span.spanId, 16) &&
  [span.parentSpanId, span.name, span.traceState].every((value) => value === undefined || typeof value === 'string') &&
  [span.attributes, span.events, span.links].every(isListOfObjects) &&
  [span, ...((span.events as Record<string, unknown>[] | undefined) ?? [])].every(
    ({ startTimeUnixNano, endTimeUnixNano, timeUnixNano }) =>
      [startTimeUnixNano, endTimeUnixNano, timeUnixNano].every(isNanos),
  );

/** Hex, and not all zeros, which OpenTelemetry defines as "no id". */
const isId = (value: unknown, length: number): value is string =>
  typeof value === 'string' && value.length === length && /^[0-9a-fA-F]+$/.test(value) && !/^0+$/.test(value);

const isListOfObjects = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.every((each) => typeof each === 'object' && each !== null));

const isNanos = (value: unknown): boolean => value === undefined || /^\d{1,20}$/.test(String(value));

export const nanosOf = (nanos: string | number | undefined): bigint => BigInt(nanos ?? 0);

/** Nanoseconds do not fit into a number, microseconds do. */
export const microsOf = (nanos: string | number | undefined): number => Number(nanosOf(nanos) / 1_000n);

/** Jaeger stores a span that ends before it starts, or when it starts, as one of a nanosecond. */
export function durationNanosOf({ startTimeUnixNano, endTimeUnixNano }: OtlpSpan): number {
  return Math.max(Number(nanosOf(endTimeUnixNano) - nanosOf(startTimeUnixNano)), 1);
}

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];

/** Enums come as numbers from exporters; protobuf's JSON allows their names too. Empty where it is unspecified or unknown. */
export function kindOf(kind: number | string | undefined): string {
  const name = typeof kind === 'string' ? kind.replace('SPAN_KIND_', '').toLowerCase() : KINDS[kind ?? 0];
  return name !== undefined && KINDS.includes(name) ? name : '';
}
