export * from './client.ts';
export * from './failure-status.ts';
export { sendWithFaults } from './inject-faults.ts';
export * from './server.ts';
