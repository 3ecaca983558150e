export { FAULT_FIRED, type FiredFaults, faultFired, firedFaults } from './fired-faults.ts';
export * from './logger.ts';
export { type Measure, measure, metricsText, type Reading } from './metrics.ts';
export * from './span.ts';
export * from './start.ts';
