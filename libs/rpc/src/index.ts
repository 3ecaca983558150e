export * from './client/caller.ts';
export { type Channel, openChannel } from './client/channel.ts';
export { inOneProcess } from './direct.ts';
export * from './failure-status.ts';
export { sendWithFaults } from './faults/inject-faults.ts';
export * from './server/server.ts';
export { overGrpc, type Transport } from './transport.ts';
