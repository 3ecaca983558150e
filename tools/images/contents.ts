/** What each image is made of: the programs that run in it, and the files that they read. Everything else is traced. */
import { globSync } from 'node:fs';
import path from 'node:path';
import { infrastructure, type Service, type ServiceName, services } from '../../topology.ts';

export interface Contents {
  /** Programs, from the checkout. The first is what the image runs unless it is told otherwise. */
  readonly entries: readonly string[];
  /** Files that programs open by their place. */
  readonly data: readonly string[];
}

/** The console's files, from the checkout as in the image. */
export const CONSOLE_BUILT = 'console/dist';

/** What is done for the system and not by it: roles, topics, the auditor, helm's test, the journal's audit. */
export const OPERATIONS = 'tools';

const operations: Contents = {
  entries: [
    'tools/infrastructure/auditor/main.ts',
    'tools/infrastructure/auditor/audit-once.ts',
    'tools/infrastructure/databases.ts',
    'tools/infrastructure/topics.ts',
    'tools/operations/order-and-audit.ts',
    'tools/operations/audit-journal.ts',
  ],
  data: ['protos/**/*.proto'],
};

export const imageNames: readonly string[] = [...Object.keys(services), OPERATIONS];

export function contentsOf(name: string, checkout: string): Contents {
  if (name === OPERATIONS) return { ...operations, data: found(checkout, operations.data) };
  const service: Service | undefined = services[name as ServiceName];
  if (!service) throw new Error(`there is no image "${name}": name one of ${imageNames.join(', ')}`);
  const folder = `services/${name}`;
  const programs = service.database ? ['main.js', 'migrate.js'] : ['main.js'];
  return {
    entries: programs.map((program) => `${folder}/dist/${program}`),
    data: found(checkout, [
      'protos/**/*.proto',
      `${folder}/migrations/*`,
      `${folder}/seed/*`,
      ...(isEntry(name) ? [`${CONSOLE_BUILT}/**/*.*`] : []),
    ]),
  };
}

/** Whoever the clients come to serves the console too. */
const isEntry = (name: string): boolean => name === infrastructure['load-balancer'].to;

const found = (checkout: string, patterns: readonly string[]): string[] =>
  patterns
    .flatMap((pattern) => globSync(pattern, { cwd: checkout }))
    .map((file) => file.split(path.sep).join('/'))
    .sort();
