import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.ts';

const ENVIRONMENT = {
  SEAMS_PROCESS: 'gateway-1',
  HTTP_PORT: '8081',
  OPS_PORT: '8181',
  OTLP_URL: 'http://127.0.0.1:4318',
  TRACE_RATIO: '1',
  REQUEST_MS_MAX: '2000',
  DRAIN_MS_MAX: '10000',
  AUTH_TARGET: 'ipv4:127.0.0.1:7001',
  AUTH_BUDGET_MS: '500',
  AUTH_ATTEMPTS_MAX: '1',
  BUSINESS_LOGIC_TARGET: 'ipv4:127.0.0.1:7011',
  BUSINESS_LOGIC_BUDGET_MS: '1800',
  BUSINESS_LOGIC_ATTEMPTS_MAX: '1',
  ANALYTICS_TARGET: 'ipv4:127.0.0.1:7031',
  ANALYTICS_BUDGET_MS: '1000',
  ANALYTICS_ATTEMPTS_MAX: '1',
};

describe('the config', () => {
  it.each<[Record<string, string>, string | undefined]>([
    [{}, undefined],
    [{ ANALYTICS_BUDGET_MS: '1950' }, undefined],
    [{ ANALYTICS_BUDGET_MS: '1951' }, 'ANALYTICS_BUDGET_MS'],
    [{ ANALYTICS_BREAKER_CALLS_MIN: '21' }, 'ANALYTICS_BREAKER_CALLS_MIN'],
    [{ ANALYTICS_RETRIES_PERCENT_MAX: '21' }, 'ANALYTICS_RETRIES_PERCENT_MAX'],
    [{ DRAIN_MS_MAX: '2000' }, 'DRAIN_MS_MAX'],
    [{ BUSINESS_LOGIC_ATTEMPTS_MAX: '2' }, 'BUSINESS_LOGIC_BUDGET_MS'],
    [{ AUTH_ATTEMPTS_MAX: '6' }, 'AUTH_ATTEMPTS_MAX'],
    [{ AUTH_TARGET: '' }, 'AUTH_TARGET'],
    [{ HTTP_PORT: '-1' }, 'HTTP_PORT'],
    [{ IN_FLIGHT_MAX: '256' }, undefined],
    [{ IN_FLIGHT_MAX: '257' }, 'IN_FLIGHT_MAX'],
    [{ IN_FLIGHT_MAX: '9' }, 'IN_FLIGHT_MAX'],
    [{ CUSTOMER_PER_S_MAX: '100' }, undefined],
    [{ CUSTOMER_PER_S_MAX: '101' }, 'CUSTOMER_BURST_MAX'],
    [{ ADDRESS_BURST_MAX: '19' }, 'ADDRESS_BURST_MAX'],
    [{ SEAMS_RUNG: 'bare', SEAMS_LABS: 'on' }, undefined],
    [{ SEAMS_RUNG: 'bare' }, 'SEAMS_RUNG'],
    [{ SEAMS_RUNG: 'apart' }, 'SEAMS_RUNG'],
    [{ SEAMS_RUNG: 'whole', SEAMS_LABS: 'off' }, undefined],
  ])('with %j names %s', (change, wrong) => {
    const read = () => readConfig({ ...ENVIRONMENT, ...change });
    if (wrong === undefined) expect(read().AUTH_CONCURRENT_MAX).toBe(256);
    else expect(read).toThrow(new RegExp(`^${wrong}: `));
  });
});
