export * from './context.ts';
export * from './failure.ts';
