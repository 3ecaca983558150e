/** Why a route may be refused, by status, for the OpenAPI document: by HTTP itself, on the way, by what it calls. */
import type { Route } from './route.ts';
import { routes } from './routes.ts';

type ByStatus = readonly (readonly [status: number, reasons: readonly string[]])[];

/** By the edge of a gateway or the load balancer, before any part of the system is asked. */
const BY_HTTP: ByStatus = [
  [400, ['http_malformed', 'host_not_single', 'target_malformed', 'target_not_a_path']],
  [400, ['request_timeout_malformed', 'invalid_query', 'fault_plan_malformed', 'pattern_unknown']],
  [403, ['labs_off']],
  [408, ['request_too_slow']],
  [414, ['target_too_long']],
  [417, ['expectation_unsupported']],
  [429, ['too_many_at_once']],
  [431, ['headers_too_many', 'headers_too_large']],
  [500, ['unexpected']],
  [503, ['no_gateway', 'draining']],
  [504, ['deadline_passed', 'reply_lost']],
];

/** By a call to another service, and by the database behind it. */
const BY_CALLS: ByStatus = [
  [429, ['too_many_calls_at_once', 'callee_overloaded']],
  [500, ['callee_broke', 'empty_reply', 'status_unknown']],
  [503, ['callee_unreachable', 'not_serving', 'circuit_open']],
  [503, ['database_down', 'database_busy', 'database_full', 'database_read_only']],
  [504, ['deadline_spent_before_call']],
];
const BY_WRITES: ByStatus = [
  [409, ['database_conflict']],
  [500, ['rolled_back_at_commit']],
  [504, ['commit_outcome_unknown']],
];

const CALLS_NOBODY: ReadonlySet<Route> = new Set<Route>([routes.getOpenApi, routes.price]);

export function refusalsOf(route: Route): Record<number, string[]> {
  const byStatus: Record<number, string[]> = {};
  for (const [status, reasons] of allOf(route)) {
    if (reasons.length > 0) byStatus[status] = [...new Set([...(byStatus[status] ?? []), ...reasons])];
  }
  return byStatus;
}

function allOf(route: Route): ByStatus {
  const logsIn = route.criticality === 'session';
  return [
    ...BY_HTTP,
    ...(CALLS_NOBODY.has(route) ? [] : BY_CALLS),
    ...(route.keyed || logsIn ? BY_WRITES : []),
    [400, route.method === 'GET' ? ['body_unexpected'] : []],
    [404, Object.keys(route.params.shape).length === 0 ? [] : ['route_unknown']],
    [413, route.body ? ['body_too_large'] : []],
    [415, route.body ? ['media_type_unsupported'] : []],
    [400, route.body ? ['malformed_json', 'invalid_body'] : []],
    [401, route.token ? ['token_missing', 'token_malformed', 'token_invalid', 'identity_disabled'] : []],
    [403, route.operatorsMay === undefined ? [] : ['operators_only']],
    [400, route.keyed ? ['idempotency_key_missing', 'idempotency_key_malformed'] : []],
    [409, route.keyed ? ['idempotency_key_expired_meanwhile'] : []],
    [422, route.keyed ? ['idempotency_key_reused'] : []],
    [429, logsIn ? ['too_many_logins'] : []],
    [503, logsIn ? ['no_signing_key'] : []],
    [429, isLimited(route) ? ['too_many_requests'] : []],
    [503, route.criticality === 'never_shed' ? [] : ['overloaded']],
    ...Object.entries(route.refusals).map(([status, reasons]) => [Number(status), reasons] as const),
  ];
}

/** By customer where there is a token, by address where one gets it. */
const isLimited = ({ token, criticality }: Route): boolean =>
  criticality !== 'never_shed' && (token || criticality === 'session');
