import { readConfig as readAnalytics } from '@seams/analytics/service';
import { readConfig as readAuth } from '@seams/auth/service';
import { readConfig as readBusinessLogic } from '@seams/business-logic/service';
import { readConfig as readGateway } from '@seams/gateway/service';
import { ConfigError, ProcessConfig, readEnvironment } from '@seams/lifecycle';
import { readConfig as readStorage } from '@seams/storage/service';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What the services are asked for and have no use for here: none listens for another, and a channel leads to a name.
 * The number is never opened.
 */
const NOT_HERE: Environment = {
  GRPC_PORT: '1',
  AUTH_TARGET: 'direct:auth',
  BUSINESS_LOGIC_TARGET: 'direct:business-logic',
  ANALYTICS_TARGET: 'direct:analytics',
  STORAGE_TARGET: 'direct:storage',
};

/** The process's own, and each service's as its config.ts checks it. */
export interface Config extends ProcessConfig {
  readonly gateway: ReturnType<typeof readGateway>;
  readonly auth: ReturnType<typeof readAuth>;
  readonly businessLogic: ReturnType<typeof readBusinessLogic>;
  readonly storage: ReturnType<typeof readStorage>;
  readonly analytics: ReturnType<typeof readAnalytics>;
}

/**
 * Reads the environment of five. A variable is for all of them, unless it begins with a service's name and two
 * underscores: STORAGE__POSTGRES_URL is storage's POSTGRES_URL, and nobody else's.
 * @throws ConfigError with a line for each variable that is wrong, in any of them
 */
export function readConfig(env: Environment = process.env): Config {
  const wrong = new Set<string>();
  const read = <T>(name: string, readOwn: (own: NodeJS.ProcessEnv) => T): T => {
    try {
      return readOwn({ ...NOT_HERE, ...environmentOf(name, env) });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const line of error.message.split('\n')) wrong.add(`${name}: ${line}`);
      return undefined as T; // never seen: what is wrong is thrown below
    }
  };
  const config = {
    gateway: read('gateway', readGateway),
    auth: read('auth', readAuth),
    businessLogic: read('business-logic', readBusinessLogic),
    storage: read('storage', readStorage),
    analytics: read('analytics', readAnalytics),
  };
  if (wrong.size > 0) throw new ConfigError([...wrong].join('\n'));
  return { ...readEnvironment(ProcessConfig, env), ...config };
}

function environmentOf(service: string, env: Environment): Environment {
  const prefix = `${service.toUpperCase().replaceAll('-', '_')}__`;
  const [own, others] = [new Map<string, string | undefined>(), new Map<string, string | undefined>()];
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith(prefix)) own.set(name.slice(prefix.length), value);
    else others.set(name, value);
  }
  return Object.fromEntries([...others, ...own]);
}
