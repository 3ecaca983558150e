/**
 * What a child process and a client library would read from the user's shell, listed once. These variables are about another
 * database, another JVM, another collector; ours get what they need by name. docs/environment.md says the same for people.
 */
const FOREIGN: readonly RegExp[] = [
  // node-postgres (PGSSLMODE, PGOPTIONS, PGHOST, …) and the Postgres server (PGDATA, PGTZ)
  /^PG[A-Z]/,
  // every JVM
  /^(JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|CLASSPATH)$/,
  // Kafka's scripts, kafkajs
  /^(KAFKA|KAFKAJS)_/,
  // OpenTelemetry: endpoints, samplers, resource attributes
  /^OTEL_(?!SDK_DISABLED$)/,
  // grpc-js: log level, proxies, ciphers
  /^(GRPC_|grpc_proxy$|no_grpc_proxy$)/,
  // Node
  /^NODE_(OPTIONS|ENV|USE_ENV_PROXY|EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED|PENDING_.*|DEBUG)$/,
  // the JVM, Postgres, ICU: names of files, order, digits, messages
  /^(LC_[A-Z]+|LANG|LANGUAGE)$/,
];

const isForeign = (name: string): boolean => FOREIGN.some((names) => names.test(name));

/** Addresses that no proxy may see: everything of ours listens there. */
const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];
const PROXY = /^(https?|all)_proxy$/i;

/** A copy without what is foreign, in which a proxy of the user does not stand before loopback. */
export function ownEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined && !isForeign(name)) own[name] = value;
  if (Object.keys(own).some((name) => PROXY.test(name))) {
    for (const name of ['no_proxy', 'NO_PROXY']) own[name] = [own[name], ...LOOPBACK].filter(Boolean).join(',');
  }
  return own;
}

/** Makes it so for this process and for what inherits from it. */
export function cleanEnvironment(): void {
  const own = ownEnvironment(process.env);
  for (const name of Object.keys(process.env)) if (own[name] === undefined) delete process.env[name];
  Object.assign(process.env, own);
}

/** UTF-8 for names of files, and messages in English. */
export const PLAIN_LOCALE = { LC_ALL: 'C.UTF-8' } as const;

/** All that a child of ours inherits: what finds programs and folders. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR'];

/** What a server, a service or a compiler starts with; whatever else it needs is said by name where it is started. */
export function childEnvironment(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => (env[name] ? [[name, env[name]]] : []));
  return { ...(Object.fromEntries(inherited) as Record<string, string>), ...PLAIN_LOCALE };
}
