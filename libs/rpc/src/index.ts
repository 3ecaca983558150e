export { type Channel, openChannel } from './channel.ts';
export * from './client.ts';
export { inOneProcess } from './direct.ts';
export * from './failure-status.ts';
export { sendWithFaults } from './inject-faults.ts';
export * from './server.ts';
export { overGrpc, type Transport } from './transport.ts';
