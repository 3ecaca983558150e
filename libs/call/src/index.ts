export * from './context.ts';
export * from './failure.ts';
export * from './faults.ts';
export * from './lab.ts';
export * from './monotonic.ts';
export * from './wait.ts';
export * from './without.ts';
