import type { Logger } from '@seams/telemetry';
import { type Channel, openChannel } from './client/channel.ts';
import { createRpcServer, type RpcServer, type RpcServerOptions } from './server/server.ts';

/** How services meet. A service asks for channels and serves; whether that is a network is told to it from outside. */
export interface Transport {
  readonly open: (callee: string, target: string, log?: Logger) => Channel;
  readonly serve: (options: RpcServerOptions) => RpcServer;
}

export const overGrpc: Transport = { open: openChannel, serve: createRpcServer };
