export * from './client.ts';
export * from './failure-status.ts';
export * from './server.ts';
