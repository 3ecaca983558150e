import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { startWorld, type World } from '../../../test/stand-ins.ts';
import { openApiDocument } from './openapi.ts';
import { type Route, routes } from './routes.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

type Json = Record<string, unknown>;
interface Operation extends Json {
  readonly parameters: readonly Json[];
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly headers: Json; readonly content: Json }>
  >;
  readonly security?: unknown;
  readonly requestBody?: unknown;
}

/** As the world has them. */
const LIMITS = { requestMsMax: 2_000, auditMsMax: 5_000 };
const document = openApiDocument(LIMITS) as unknown as {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Json>>;
};
const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);

/** What the router really holds, from its own tree. */
function registered(): string[] {
  const tree = world.gateway.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
  const path: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', name = '', methods = ''] = /^([│├└─ ]*)(\S+)(?: \(([A-Z, ]+)\))?$/u.exec(line) ?? [];
    if (name === '') return [];
    path.splice(indent.length / 4 - 1, Infinity, name);
    const pattern = path.join('').replaceAll(/:(\w+)/g, '{$1}');
    return methods
      .split(', ')
      .filter((method) => method !== '' && method !== 'HEAD')
      .map((method) => `${method} ${pattern}`);
  });
}

describe('the OpenAPI document', () => {
  it('is served as it is made', async () => {
    const response = await fetch(`${world.url}/openapi.json`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(document)));
    expect(document.openapi).toBe('3.1.0');
  });

  it('names every route that is registered, and no other', () => {
    expect(registered().toSorted()).toEqual(documented.toSorted());
    expect(documented).toHaveLength(Object.keys(routes).length);
  });

  it('holds every reference that it makes', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, pointer = '']) => pointer);
    expect(references.length).toBeGreaterThan(50);
    for (const pointer of references) {
      const [hash, components = '', section = '', name = ''] = pointer.split('/');
      expect([hash, components]).toEqual(['#', 'components']);
      expect(document.components[section]).toHaveProperty(name);
    }
  });

  it.each(Object.entries(routes))('says of %s what it needs and how it is refused', (operationId, route) => {
    const operation = document.paths[route.path]?.[route.method.toLowerCase()] as Operation;
    const statuses = Object.keys(operation.responses);
    expect(operation).toMatchObject({ operationId });
    expect(operation.security !== undefined).toBe(route.token);
    expect(operation.requestBody !== undefined).toBe(route.body !== undefined);
    expect(JSON.stringify(operation.parameters).includes('IdempotencyKey')).toBe(route.keyed);
    expect(statuses).toEqual(
      expect.arrayContaining([String(route.status), '400', '429', '500', '503', '504', 'default']),
    );
    expect(statuses.includes('401')).toBe(route.token || '401' in route.refusals);
    expect(statuses.includes('422')).toBe(route.keyed);
    for (const [status, { content }] of Object.entries(operation.responses)) {
      const type = status === String(route.status) ? 'application/json' : 'application/problem+json';
      expect(Object.keys(content)).toEqual([type]);
    }
  });

  it('says which routes are refused when too much comes, and with a time to come again', () => {
    const answer = (route: Route, status: string) =>
      document.paths[route.path]?.[route.method.toLowerCase()]?.responses[status] as Operation['responses'][string];
    const told = (route: Route) => ['503', '429'].flatMap((status) => answer(route, status).description.split(', '));
    for (const route of Object.values<Route>(routes)) {
      expect(answer(route, '503').headers).toHaveProperty('Retry-After');
      expect(told(route).includes('overloaded')).toBe(route.criticality !== 'never_shed');
    }
    expect(told(routes.placeOrder)).toContain('too_many_requests');
    expect(told(routes.login)).toContain('too_many_requests');
    expect(told(routes.getMenu)).not.toContain('too_many_requests');
  });

  it('describes bodies by schemas that refuse what the edge refuses', () => {
    const { schemas = {} } = document.components;
    const order = z.fromJSONSchema({ ...(schemas.OrderRequest as object), $defs: {} } as Parameters<
      typeof z.fromJSONSchema
    >[0]);
    const items = [{ itemId: 'harbour-espresso', quantity: 1 }];
    expect(order.safeParse({ cafeId: 'harbour', items }).success).toBe(true);
    expect(order.safeParse({ cafeId: 'harbour', items, customerId: 'x' }).success).toBe(false);
    expect(order.safeParse({ cafeId: 'harbour', items: [{ itemId: 'harbour-espresso', quantity: 0 }] }).success).toBe(
      false,
    );
    expect(order.safeParse({ cafeId: 'Harbour!', items }).success).toBe(false);
  });
});
