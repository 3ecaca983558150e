import { expect, it } from '@jest/globals';
import { answerQuery } from './query.ts';
import { TraceStore } from './store.ts';

const ask = (path: string): unknown => answerQuery(new TraceStore(), new URL(path, 'http://traces'), 0);

it.each([
  ['/api/metrics/calls?service=a', 'this trace store has no /api/metrics; Jaeger does'],
  ['/api/transform', 'this trace store has no /api/transform; Jaeger does'],
  ['/api/traces/1?raw=true', 'this trace store does not answer raw=true; Jaeger does'],
  ['/api/traces?service=a&raw=1', 'this trace store does not answer raw=true; Jaeger does'],
])('%s, which Jaeger answers, is refused by name', (path, msg) => {
  expect(ask(path)).toMatchObject({ status: 501, body: { data: null, errors: [{ code: 501, msg }] } });
});

it('/api/v3 is refused in the form of its errors', () => {
  expect(ask('/api/v3/services')).toMatchObject({
    status: 501,
    body: { error: { httpCode: 501, message: expect.stringContaining('no /api/v3') } },
  });
});

it.each([
  [
    '/api/traces?service=a&start=soon',
    'unable to parse param \'start\': strconv.ParseInt: parsing "soon": invalid syntax',
  ],
  ['/api/traces/1?end=soon', 'unable to parse param \'end\': strconv.ParseInt: parsing "soon": invalid syntax'],
  ['/api/traces?traceID=x', 'cannot parse traceID param: strconv.ParseUint: parsing "x": invalid syntax'],
  [`/api/traces/${'1'.repeat(33)}`, `TraceID cannot be longer than 32 hex characters: ${'1'.repeat(33)}`],
  ['/api/traces?service=a&tag=x', "malformed 'tag' parameter, expecting key:value, received: x"],
  [
    '/api/traces?service=a&tags=[]',
    "malformed 'tags' parameter, cannot unmarshal JSON: json: cannot unmarshal array into Go value of type map[string]string",
  ],
  ['/api/operations', "parameter 'service' is required"],
  ['/api/dependencies?endTs=soon', 'unable to parse param \'endTs\': strconv.ParseInt: parsing "soon": invalid syntax'],
])('%s is refused in the words of Jaeger', (path, msg) => {
  expect(ask(path)).toMatchObject({ status: 400, body: { errors: [{ code: 400, msg }] } });
});

it('a store without traces answers what Jaeger answers without traces', () => {
  const empty = { total: 0, limit: 0, offset: 0, errors: null };
  expect(ask('/api/services')).toEqual({ status: 200, body: { data: null, ...empty } });
  expect(ask('/api/traces?service=a')).toEqual({ status: 200, body: { data: [], ...empty } });
  expect(ask('/api/dependencies')).toEqual({ status: 200, body: { data: [], ...empty } });
});
