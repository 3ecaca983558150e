export * from './logger.ts';
export * from './span.ts';
export * from './start.ts';
