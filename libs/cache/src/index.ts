export * from './cache.ts';
export * from './single-flight.ts';
