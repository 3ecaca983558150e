/** The bounds that the document names, taken from it, against the edge: what is inside is taken, what is outside is not. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DISPLAY_NAME_LENGTH_MAX,
  LINES_MAX,
  PASSWORD_LENGTH_MAX,
  PASSWORD_LENGTH_MIN,
  QUANTITY_MAX,
  TOP_UP_CENTS_MIN,
} from '@seams/contracts';
import { CUSTOMER, TOKEN } from '../../../test/answers.ts';
import { startWorld, type World } from '../../../test/stand-ins.ts';
import { openApiDocument } from './openapi.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly description?: string;
}
interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly schema: Schema;
}
interface Operation {
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
}

const document = openApiDocument({ requestMsMax: 2_000, auditMsMax: 5_000 }) as unknown as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};
function resolved<T extends { readonly $ref?: string }>(thing: T): T {
  if (thing.$ref === undefined) return thing;
  return thing.$ref
    .slice(2)
    .split('/')
    .reduce((at: unknown, name) => (at as Record<string, unknown>)[name], document) as T;
}

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.calls.length = 0;
});

interface Sent {
  readonly status: number;
  readonly reason: string;
}
async function send(
  method: string,
  target: string,
  more: { headers?: Record<string, string>; body?: unknown } = {},
): Promise<Sent> {
  world.next('Authenticate', async () => ({
    principal: { subject: CUSTOMER, roles: ['customer', 'operator'], cafeIds: [] },
    expiresAtMs: Date.now() + 60_000,
  }));
  const headers = { Authorization: `Bearer ${TOKEN}`, 'Idempotency-Key': 'k', 'Content-Type': 'application/json' };
  const response = await fetch(world.url + target, {
    method,
    headers: { ...headers, ...more.headers },
    ...(more.body === undefined ? {} : { body: JSON.stringify(more.body) }),
  });
  const body = (await response.json()) as { reason?: string };
  return { status: response.status, reason: body.reason ?? 'taken' };
}

/** A text of so many characters; those beyond the basic plane are two UTF-16 units and one character. */
const MAKERS: readonly ((length: number) => string)[] = [
  (length) => 'a'.repeat(length),
  (length) => '\u{1f469}'.repeat(length),
  (length) => `${'a'.repeat(Math.max(0, length - 5))}@b.io`,
];
const fits = ({ pattern = '' }: Schema, text: string): boolean => new RegExp(pattern, 'u').test(text);

interface Bound {
  /** "items.0.quantity" */
  readonly path: string;
  readonly inside: unknown;
  readonly outside: unknown;
}
const bounds = (path: string, limit: number | undefined, step: 1 | -1, make: (at: number) => unknown): Bound[] =>
  limit === undefined ? [] : [{ path, inside: make(limit), outside: make(limit + step) }];

/** At both ends of every range that this schema names, below `base`, which is good. */
function boundsOf(given: Schema, path: string[], base: unknown): Bound[] {
  const schema = resolved(given);
  const name = path.join('.');
  const number = (at: number): number => at;
  const list = (length: number): unknown[] =>
    Array.from({ length }, (_, at) => ({ ...(base as object[])[0], itemId: `item-${at}` }));
  const texts = MAKERS.filter((make) => schema.maxLength !== undefined && fits(schema, make(schema.maxLength)));
  return [
    ...bounds(name, schema.minimum, -1, number),
    ...bounds(name, schema.maximum, 1, number),
    ...texts.flatMap((make) => bounds(name, schema.maxLength, 1, make)),
    ...texts
      .filter((make) => sizeOf(make(schema.minLength ?? 0)) === schema.minLength)
      .flatMap((make) => bounds(name, schema.minLength, -1, make)),
    ...bounds(name, schema.minItems, -1, list),
    ...bounds(name, schema.maxItems, 1, list),
    ...Object.entries(schema.properties ?? {}).flatMap(([key, each]) =>
      boundsOf(each, [...path, key], (base as Record<string, unknown>)?.[key]),
    ),
    ...(schema.items ? boundsOf(schema.items, [...path, '0'], (base as unknown[])?.[0]) : []),
  ];
}

function withValue(base: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const copy = (Array.isArray(base) ? [...base] : { ...(base as object) }) as Record<string, unknown>;
  copy[key] = withValue(copy[key], rest, value);
  return copy;
}

const GOOD: Readonly<Record<string, unknown>> = {
  '/v1/auth/register': { email: 'a@b.io', password: 'password', displayName: 'Ada' },
  '/v1/auth/login': { email: 'a@b.io', password: 'password' },
  '/v1/auth/refresh': { refreshToken: 'r' },
  '/v1/wallet/top-ups': { amountCents: 500 },
  '/v1/orders': { cafeId: 'harbour', items: [{ itemId: 'harbour-espresso', quantity: 1 }], clientNonce: 'n' },
};
/** Refused by its owner, with a reason of its own (e2e/bad-input-has-no-effect.test.ts): the edge lets it through. */
const OF_OWNERS: Readonly<Record<string, unknown>> = {
  'password 7': PASSWORD_LENGTH_MIN - 1,
  'password 201': PASSWORD_LENGTH_MAX + 1,
  'displayName 81': DISPLAY_NAME_LENGTH_MAX + 1,
  'amountCents 99': TOP_UP_CENTS_MIN - 1,
  'items 21': LINES_MAX + 1,
  'items.0.quantity 21': QUANTITY_MAX + 1,
};
const sizeOf = (value: unknown): number =>
  typeof value === 'number' ? value : Array.isArray(value) ? value.length : Array.from(value as string).length;

const inBodies = Object.entries(GOOD).flatMap(([path, good]) => {
  const schema = document.paths[path]?.['post']?.requestBody?.content['application/json'].schema as Schema;
  return boundsOf(schema, [], good).map((bound) => ({ ...bound, target: path, good, size: sizeOf(bound.outside) }));
});
const parameters = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, operation]) =>
    operation.parameters.map((each) => ({ method: method.toUpperCase(), path, parameter: resolved(each) })),
  ),
);
const numbers = parameters
  .filter(({ parameter: { schema } }) => schema.type === 'integer')
  .flatMap((one) =>
    boundsOf(one.parameter.schema, [], 1).map(({ inside, outside }) => ({
      ...one,
      inside,
      outside,
      size: sizeOf(outside),
    })),
  );

describe('a body at the ends of what the document says', () => {
  it('has ends for every part of it', () => {
    const paths = new Set(inBodies.map(({ path }) => path));
    expect([...paths].toSorted()).toEqual([
      'amountCents',
      'cafeId',
      'clientNonce',
      'displayName',
      'email',
      'items',
      'items.0.itemId',
      'items.0.quantity',
      'password',
      'refreshToken',
    ]);
    expect(
      Object.keys(OF_OWNERS).filter((one) => !inBodies.some(({ path, size }) => `${path} ${size}` === one)),
    ).toEqual([]);
  });

  it.each(inBodies)(
    '$target $path: $size is outside, the one before it is not',
    async ({ target, good, path, inside, outside, size }) => {
      const at = path.split('.');
      expect((await send('POST', target, { body: withValue(good, at, inside) })).reason).toBe('taken');
      const { reason } = await send('POST', target, { body: withValue(good, at, outside) });
      const owned = `${path} ${size}` in OF_OWNERS || (target === '/v1/auth/login' && path === 'password' && size > 1);
      expect(reason).toBe(owned ? 'taken' : 'invalid_body');
    },
  );
});

describe('a number in a query or a header', () => {
  it.each(numbers.filter(({ parameter }) => parameter.in !== 'path'))(
    '$method $path $parameter.name: $size is outside, the one before it is not',
    async ({ method, path, parameter, inside, outside }) => {
      const isQuery = parameter.in === 'query';
      const target = path.replaceAll(/{\w+}/g, EXISTING_ID);
      const sendWith = (value: unknown): Promise<Sent> =>
        isQuery
          ? send(method, `${target}?${parameter.name}=${value}`)
          : send(method, target, { headers: { [parameter.name]: String(value) } });
      const reason = isQuery ? 'invalid_query' : 'request_timeout_malformed';
      expect((await sendWith(inside)).reason).not.toBe(reason);
      expect((await sendWith(outside)).reason).toBe(reason);
    },
  );
});
/** A path parameter that is well-formed wherever there is a number beside it. */
const EXISTING_ID = '019aa0c5-0000-7000-8000-0000000000d1';

describe('a text in a query or a header', () => {
  const schemaOf = (path: string, method: string, name: string): Schema =>
    parameters.find((each) => each.path === path && each.method === method && each.parameter.name === name)?.parameter
      .schema as Schema;

  it('is a cursor exactly if it fits the pattern', async () => {
    const schema = schemaOf('/v1/orders', 'GET', 'cursor');
    for (const cursor of [
      'A'.repeat(22),
      `${'_'.repeat(21)}w`,
      '-'.repeat(22),
      `${'A'.repeat(21)}B`,
      'A'.repeat(21),
      `${'A'.repeat(22)}A`,
      '',
    ]) {
      const { reason } = await send('GET', `/v1/orders?cursor=${cursor}`);
      expect([cursor, reason]).toEqual([cursor, fits(schema, cursor) ? 'taken' : 'cursor_malformed']);
    }
  });

  it('is a key exactly if it fits the pattern and the length', async () => {
    const schema = schemaOf('/v1/orders', 'POST', 'Idempotency-Key');
    for (const key of [
      'k',
      'a b',
      '~!',
      'k'.repeat(schema.maxLength as number),
      'k'.repeat((schema.maxLength as number) + 1),
      'ö',
      '',
    ]) {
      const { reason } = await send('POST', '/v1/orders', {
        headers: { 'Idempotency-Key': key },
        body: GOOD['/v1/orders'],
      });
      const good = fits(schema, key) && key.length <= (schema.maxLength as number);
      expect([key, reason]).toEqual([key, good ? 'taken' : 'idempotency_key_malformed']);
    }
  });

  it('is a range of at most as many minutes as `from` says', async () => {
    const path = '/v1/analytics/cafes/{cafeId}';
    const minutes = Number(/at most (\d+) minutes/.exec(schemaOf(path, 'GET', 'from').description ?? '')?.[1]);
    const to = Date.parse('2026-02-02T00:00:00Z');
    const ask = async (ms: number) => {
      const query = new URLSearchParams({ from: new Date(to - ms).toISOString(), to: new Date(to).toISOString() });
      return (await send('GET', `/v1/analytics/cafes/harbour?${query}`)).reason;
    };
    expect([await ask(minutes * 60_000), await ask(1)]).toEqual(['taken', 'taken']);
    expect([await ask(minutes * 60_000 + 1), await ask(0)]).toEqual(['invalid_query', 'invalid_query']);
  });
});

describe('a pattern of the document', () => {
  const all = [
    ...new Set(
      [...JSON.stringify(document).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
        ([, text]) => JSON.parse(text as string) as string,
      ),
    ),
  ];

  it.each(all)('%s is one that Python, Go, Java and ECMAScript read alike', (pattern) => {
    expect(() => new RegExp(pattern, 'u')).not.toThrow();
    // No classes of Unicode, no digits and blanks of Unicode, no look-around, no names, no surrogates, no long repetitions.
    expect(pattern).not.toMatch(/\\[pPdDsSwWbBkcu]\{|\\[pPdDsSwWbBk]|\(\?[^:]|\\ud[89a-f]|\{\d*,?\d{4,}\}/i);
  });

  it('is anchored at both ends', () => {
    expect(all.filter((pattern) => !pattern.startsWith('^') || !pattern.endsWith('$'))).toEqual([]);
    expect(all.length).toBeGreaterThan(8);
  });
});
