import { randomUUID } from 'node:crypto';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CLOCK_AHEAD_S_MAX } from '@seams/access-tokens';
import { monotonicMs, rootContext } from '@seams/call';
import { createLifecycle, createOpsServer, type OpenOps, type Running } from '@seams/lifecycle';
import { type Db, openDb } from '@seams/postgres';
import { overGrpc, type RpcServer, type Transport } from '@seams/rpc';
import type { Logger, Telemetry } from '@seams/telemetry';
import { v7 as newId } from 'uuid';
import { authenticateWith } from './access/authenticate.ts';
import { signingKeyStore } from './access/signing-key-store.ts';
import type { Config } from './config.ts';
import { authEdge, type UseCases } from './edge/auth.grpc.ts';
import { findCredentials, findStanding, registerIdentity } from './identities/identity-store.ts';
import { logInWith } from './identities/log-in.ts';
import { registerWith } from './identities/register.ts';
import { openAccessTokens } from './outbound/access-tokens.ts';
import { type KeyRing, openKeyRing } from './outbound/key-ring.ts';
import { openPasswords, type Passwords } from './outbound/passwords.ts';
import { hashOf, newRefreshSecret } from './outbound/refresh-secret.ts';
import type { Issuer } from './sessions/issue-tokens.ts';
import { refreshWith } from './sessions/refresh.ts';
import { openSession } from './sessions/session-store.ts';

export { type Config, readConfig } from './config.ts';

/** Tokens of the graph below. */
const DB = 'db';
const KEYS = 'keys';
const PASSWORDS = 'passwords';
const USE_CASES = 'use-cases';
const LIFECYCLE = 'lifecycle';

const now = (): number => Date.now();

@Module({})
class AuthModule {
  static with(config: Config, { log }: Telemetry, transport: Transport, openOps: OpenOps): DynamicModule {
    const stopping = new AbortController();
    return {
      module: AuthModule,
      providers: [
        { provide: DB, useFactory: () => dbOf(config, log) },
        { provide: KEYS, useFactory: (db: Db) => keysOf(config, db, stopping.signal), inject: [DB] },
        { provide: PASSWORDS, useFactory: () => passwordsOf(config) },
        {
          provide: USE_CASES,
          useFactory: (db: Db, keys: KeyRing, passwords: Passwords) => useCasesOf(config, db, keys, passwords),
          inject: [DB, KEYS, PASSWORDS],
        },
        {
          provide: LIFECYCLE,
          useFactory: (db: Db, keys: KeyRing, auth: UseCases) =>
            createLifecycle({
              host: config.HOST,
              opsPort: config.OPS_PORT,
              openOps,
              drainMsMax: config.DRAIN_MS_MAX,
              log,
              dependencies: [
                { name: 'postgres', check: () => db.ping() },
                { name: 'signing-keys', check: (signal) => hasKeys(keys, signal) },
              ],
              listeners: [serverOf(config, log, auth, transport)],
              stores: [{ close: () => stopping.abort() }, db],
            }),
          inject: [DB, KEYS, USE_CASES],
        },
      ],
    };
  }
}

export async function startAuth(
  config: Config,
  telemetry: Telemetry,
  transport: Transport = overGrpc,
  openOps: OpenOps = createOpsServer,
): Promise<Running> {
  const app = await NestFactory.createApplicationContext(AuthModule.with(config, telemetry, transport, openOps), {
    logger: false,
    abortOnError: false,
  });
  return { stop: () => app.close() };
}

const dbOf = (config: Config, log: Logger): Db =>
  openDb({
    name: 'auth',
    url: config.POSTGRES_URL,
    password: config.POSTGRES_URL_PASSWORD,
    applicationName: config.SEAMS_PROCESS,
    connectionsMax: config.POSTGRES_CONNECTIONS_MAX,
    log,
  });

const keysOf = (config: Config, db: Db, signal: AbortSignal): KeyRing =>
  openKeyRing({
    store: signingKeyStore(db),
    verifiesAfterRetiredMs: (config.ACCESS_TOKEN_S + CLOCK_AHEAD_S_MAX) * 1_000,
    signal,
    now,
    monotonicMs,
  });

const KEYS_MS_MAX = 1_000;

/** Ready once there is a key to sign with: the first start makes it. */
async function hasKeys(keys: KeyRing, signal: AbortSignal): Promise<void> {
  await keys.signer(rootContext({ atMostMs: KEYS_MS_MAX, signal }));
}

const passwordsOf = (config: Config): Promise<Passwords> =>
  openPasswords({
    hashesAtOnceMax: config.HASHES_AT_ONCE_MAX,
    hashesWaitingMax: config.HASHES_WAITING_MAX,
    nobodysPassword: randomUUID(),
  });

function useCasesOf(config: Config, db: Db, keys: KeyRing, passwords: Passwords): UseCases {
  const tokens = openAccessTokens({
    keys,
    issuer: config.TOKEN_ISSUER,
    audience: config.TOKEN_AUDIENCE,
    lifetimeS: config.ACCESS_TOKEN_S,
    newId,
    now,
  });
  const issuer: Issuer = {
    accessTokenS: config.ACCESS_TOKEN_S,
    refreshTokenS: config.REFRESH_TOKEN_S,
    signAccessToken: tokens.sign,
    newRefreshSecret,
    newId,
    now,
  };
  return {
    register: registerWith({
      issuer,
      hashPassword: passwords.hash,
      registerIdentity: registerIdentity(db),
      newId,
    }),
    logIn: logInWith({
      issuer,
      findCredentials: findCredentials(db),
      verifyPassword: passwords.verify,
      openSession: openSession(db),
    }),
    refresh: refreshWith({ issuer, db, graceMs: config.REFRESH_GRACE_MS, hashOf }),
    authenticate: authenticateWith({ verifyAccessToken: tokens.verify, findStanding: findStanding(db) }),
    jwksJson: keys.jwksJson,
  };
}

const serverOf = (config: Config, log: Logger, auth: UseCases, transport: Transport): RpcServer =>
  transport.serve({
    callee: 'auth',
    host: config.HOST,
    port: config.GRPC_PORT,
    log,
    requestMsMax: config.REQUEST_MS_MAX,
    labs: config.SEAMS_LABS === 'on',
    implementations: [authEdge(auth)],
  });
