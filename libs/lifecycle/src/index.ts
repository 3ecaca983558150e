export * from './config.ts';
export * from './health.ts';
export * from './lifecycle.ts';
export * from './ops-server.ts';
export * from './process.ts';
export * from './repeating.ts';
export * from './rest.ts';
