/** The OpenAPI 3.1 document, made from the routes and the very schemas that check requests. */
import { z } from 'zod';
import { CRITICALITIES } from '../../admission/gate.ts';
import { type Route, routes } from './routes.ts';
import { named } from './schemas.ts';

type Json = Record<string, unknown>;

export function openApiDocument(): { openapi: string } & Json {
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
      parameters: { IdempotencyKey: IDEMPOTENCY_KEY, RequestTimeoutMs: REQUEST_TIMEOUT, Traceparent: TRACEPARENT },
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
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x20-\\x7e]+$' },
};
const REQUEST_TIMEOUT = {
  name: 'Request-Timeout-Ms',
  in: 'header',
  description: 'How long the client waits, at most as long as the gateway does.',
  schema: { type: 'integer', minimum: 1 },
};
const TRACEPARENT = {
  name: 'traceparent',
  in: 'header',
  description: 'W3C Trace Context: the request joins this trace.',
  schema: { type: 'string' },
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
    ref('parameters', 'RequestTimeoutMs'),
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

/** Why a route of this sort is refused, by status. */
function refusalsOf(route: Route): Record<number, string[]> {
  const all: [number, readonly string[]][] = [
    [400, ['http_malformed', 'request_timeout_malformed', 'invalid_query']],
    [404, fields(route.params).length === 0 ? [] : ['route_unknown']],
    [408, route.body ? ['request_too_slow'] : []],
    [413, route.body ? ['body_too_large'] : []],
    [415, route.body ? ['media_type_unsupported'] : []],
    [400, route.body ? ['malformed_json', 'invalid_body'] : []],
    [401, route.token ? ['token_missing', 'token_malformed', 'token_invalid', 'identity_disabled'] : []],
    [400, route.keyed ? ['idempotency_key_missing', 'idempotency_key_malformed'] : []],
    [422, route.keyed ? ['idempotency_key_reused'] : []],
    [429, ['too_many_calls_at_once', 'callee_overloaded']],
    [429, isLimited(route) ? ['too_many_requests'] : []],
    [500, ['unexpected']],
    [503, ['callee_unreachable', 'circuit_open']],
    [503, route.criticality === 'never_shed' ? [] : ['overloaded']],
    [504, ['deadline_passed', 'reply_lost']],
    ...Object.entries(route.refusals).map(([status, reasons]): [number, readonly string[]] => [
      Number(status),
      reasons,
    ]),
  ];
  const byStatus: Record<number, string[]> = {};
  for (const [status, reasons] of all) {
    if (reasons.length > 0) byStatus[status] = [...(byStatus[status] ?? []), ...reasons];
  }
  return byStatus;
}

/** By customer where there is a token, by address where one gets it. */
const isLimited = ({ token, criticality }: Route): boolean =>
  criticality !== 'never_shed' && (token || criticality === 'session');

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
