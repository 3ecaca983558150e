/** The tree around the breaches: what is right in it, and what Nx would say of it. */

/** What is right, and what the breaches need around them. */
export const setting: Readonly<Record<string, string>> = {
  'tsconfig.json':
    '{ "compilerOptions": { "target": "es2024", "module": "nodenext", "strict": true, "noEmit": true, "allowImportingTsExtensions": true, "types": [] } }\n',
  'libs/call/package.json': '{ "name": "@seams/call" }\n',
  'libs/call/src/index.ts': "export const kept = 'select a seat from the list';\n",
  'libs/rpc/package.json':
    '{ "name": "@seams/rpc",\n  "dependencies": { "@seams/call": "0.1.0",\n    "@seams/postgres": "0.1.0" } }\n',
  'libs/postgres/package.json': '{ "name": "@seams/postgres", "dependencies": { "@seams/testkit": "0.1.0" } }\n',
  'libs/telemetry/package.json': '{ "name": "@seams/telemetry" }\n',
  'libs/testkit/package.json': '{ "name": "@seams/testkit" }\n',
  'services/kitchen/package.json': '{ "name": "@seams/kitchen" }\n',
  'single/package.json': '{ "name": "@seams/single", "dependencies": { "@seams/kitchen": "0.1.0" } }\n',
  'services/till/package.json':
    '{ "name": "@seams/till", "dependencies": {\n  "@seams/call": "0.1.0",\n  "@seams/kitchen": "0.1.0",\n  "@seams/single": "0.1.0" } }\n',
};

/** The fixture's arrows; its topology.ts is there to be pointed at. */
export const arrows = [{ from: 'till', to: 'kitchen' }];

/** What Nx would say of the fixture: four edges too many, and one package that it does not see. */
export const graph = {
  nodes: Object.fromEntries(
    [
      'libs/call',
      'libs/rpc',
      'libs/postgres',
      'libs/testkit',
      'libs/gadgets',
      'services/kitchen',
      'services/till',
      'single',
    ].map((root) => [`@seams/${root.split('/').at(-1)}`, { data: { root } }]),
  ),
  dependencies: {
    '@seams/rpc': [{ target: '@seams/call' }, { target: '@seams/postgres' }],
    '@seams/postgres': [{ target: '@seams/testkit' }],
    '@seams/till': [{ target: '@seams/call' }, { target: '@seams/kitchen' }, { target: '@seams/single' }],
    '@seams/single': [{ target: '@seams/kitchen' }],
  },
};

export const graphFindings = [
  { rule: 'graph-library-depends-on-lower-rank', file: 'libs/rpc/package.json', line: 3 },
  { rule: 'graph-service-depends-on-no-service', file: 'services/till/package.json', line: 3 },
  { rule: 'graph-nobody-depends-on-the-composition', file: 'services/till/package.json', line: 4 },
  { rule: 'graph-testkit-is-dev-only', file: 'libs/postgres/package.json', line: 1 },
  { rule: 'graph-knows-every-project', file: 'libs/telemetry/package.json', line: 1 },
] as const;
