/** The OpenAPI 3.1 document, made from the routes and the very schemas that check requests. */
import { z } from 'zod';
import { CRITICALITIES } from '../../admission/gate.ts';
import { KEY_LENGTH_MAX, KEY_PATTERN } from './idempotency.ts';
import { refusalsOf } from './openapi-refusals.ts';
import { type Route, routes } from './routes.ts';
import { named } from './schemas.ts';

type Json = Record<string, unknown>;

/** How long a request may take here. */
export interface TimeLimits {
  readonly requestMsMax: number;
  /** On the routes that are slow. */
  readonly auditMsMax: number;
}

export function openApiDocument(limits: TimeLimits): { openapi: string } & Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Seams',
      version: '1',
      description:
        'Every reply is one of: done (2xx); refused for good (4xx, no effect); not done, try later (409 with Retry-After, ' +
        '429, 503); unknown (504, or the connection broke): repeat it with its own Idempotency-Key.',
    },
    servers: [{ url: '/' }],
    paths: paths(),
    components: {
      schemas: components(),
      parameters: {
        IdempotencyKey: IDEMPOTENCY_KEY,
        RequestTimeoutMs: requestTimeout(limits.requestMsMax),
        SlowRequestTimeoutMs: requestTimeout(limits.auditMsMax),
        Traceparent: TRACEPARENT,
      },
      headers: HEADERS,
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

const ref = (section: string, name: string): Json => ({ $ref: `#/components/${section}/${name}` });

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description:
    'Names one intent. Repeated with the same content it gets the first answer again; other content gets 422.',
  schema: { type: 'string', minLength: 1, maxLength: KEY_LENGTH_MAX, pattern: KEY_PATTERN },
};
const requestTimeout = (msMax: number) => ({
  name: 'Request-Timeout-Ms',
  in: 'header',
  description: 'How long the client waits, at most as long as the gateway does.',
  schema: { type: 'integer', minimum: 1, maximum: msMax },
});
const TRACEPARENT = {
  name: 'traceparent',
  in: 'header',
  description: 'W3C Trace Context: the request joins this trace. What has another form is ignored.',
  schema: { type: 'string', examples: ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'] },
};
const HEADERS = {
  TraceId: { description: 'The trace of this request.', schema: { type: 'string', pattern: '^[0-9a-f]{32}$' } },
  Replayed: { description: 'This is the first answer under this key, given again.', schema: { const: 'true' } },
  RetryAfter: { description: 'Seconds.', schema: { type: 'integer' } },
  RefusedClass: {
    description:
      'Under `overloaded`: the class for which there is no place now, and below how many requests under way there is one ' +
      '(an RFC 9651 item). A balancer may refuse the like by itself while so many are here.',
    schema: {
      type: 'string',
      pattern: `^(${CRITICALITIES.join('|')});below=[0-9]+$`,
      examples: ['order;below=21'],
    },
  },
  Degraded: {
    description:
      'Parts of this answer rest on what was kept, because the part to ask cannot be asked (an RFC 9651 dictionary): ' +
      '`auth=local-keys` the token was judged by its signature and its own claims; `menu=stale` and `report=stale` this is ' +
      'the last one read. `age` is in seconds. Absent when nothing is old.',
    schema: { type: 'string', examples: ['auth=local-keys;age=3, menu=stale;age=12'] },
  },
  Location: { description: 'Where the order is.', schema: { type: 'string' } },
  Challenge: { description: 'Bearer', schema: { type: 'string' } },
};

function components(): Json {
  const { schemas } = z.toJSONSchema(named, { uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, withoutIdentity(schema)]));
}

/** OpenAPI says for the whole document what these say for each schema. */
function withoutIdentity(schema: object): Json {
  const { $schema: _1, $id: _2, id: _3, '~standard': _4, ...rest } = schema as Json;
  return rest;
}

function paths(): Json {
  const all: Record<string, Json> = {};
  for (const [name, route] of Object.entries<Route>(routes)) {
    all[route.path] = { ...all[route.path], [route.method.toLowerCase()]: operation(name, route) };
  }
  return all;
}

function operation(operationId: string, route: Route): Json {
  return {
    operationId,
    summary: route.summary,
    ...(route.token ? { security: [{ bearer: [] }] } : {}),
    parameters: parameters(route),
    ...(route.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body) } } } }
      : {}),
    responses: { [route.status]: success(route), ...problems(route), default: problem('Any other refusal', {}) },
  };
}

/** A named schema by its name, another one in place. */
function schemaOf(schema: z.ZodType): Json {
  const id = named.get(schema)?.id;
  return id === undefined ? withoutIdentity(z.toJSONSchema(schema)) : ref('schemas', id);
}

function parameters(route: Route): Json[] {
  return [
    ...fields(route.params).map(([name, schema]) => ({ name, in: 'path', required: true, schema: schemaOf(schema) })),
    ...fields(route.query).map(([name, schema]) => ({ name, in: 'query', required: false, schema: schemaOf(schema) })),
    ...(route.keyed ? [ref('parameters', 'IdempotencyKey')] : []),
    ref('parameters', route.slow ? 'SlowRequestTimeoutMs' : 'RequestTimeoutMs'),
    ref('parameters', 'Traceparent'),
  ];
}

const fields = (schema: z.ZodObject): [string, z.ZodType][] =>
  Object.entries(schema.shape as Record<string, z.ZodType>);

function success(route: Route): Json {
  return {
    description: route.summary,
    headers: {
      'trace-id': ref('headers', 'TraceId'),
      'Seams-Degraded': ref('headers', 'Degraded'),
      ...(route.keyed ? { 'Idempotency-Replayed': ref('headers', 'Replayed') } : {}),
      ...(route === routes.placeOrder ? { Location: ref('headers', 'Location') } : {}),
    },
    content: { 'application/json': { schema: schemaOf(route.reply) } },
  };
}

function problems(route: Route): Json {
  const responses = Object.entries(refusalsOf(route)).map(([status, reasons]) => [
    status,
    problem(reasons.join(', '), {
      ...(['409', '429', '503'].includes(status) ? { 'Retry-After': ref('headers', 'RetryAfter') } : {}),
      ...(status === '503' && route.criticality !== 'never_shed'
        ? { 'Seams-Refused-Class': ref('headers', 'RefusedClass') }
        : {}),
      ...(status === '401' ? { 'WWW-Authenticate': ref('headers', 'Challenge') } : {}),
    }),
  ]);
  return Object.fromEntries(responses) as Json;
}

const problem = (description: string, headers: Json): Json => ({
  description,
  headers: { 'trace-id': ref('headers', 'TraceId'), ...headers },
  content: { 'application/problem+json': { schema: ref('schemas', 'Problem') } },
});
