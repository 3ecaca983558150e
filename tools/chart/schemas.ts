/**
 * JSON Schemas for kubeconform, made on this machine from what the projects publish as Go modules: Kubernetes' own OpenAPI
 * and the CustomResourceDefinitions of cert-manager, the Prometheus operator and the Gateway API. Nothing of theirs is kept
 * in the repository. Strict: an unknown field is an error.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onPath } from '../infrastructure/java.ts';
import { objectsOf } from './render.ts';

/** Kubernetes in the version of the cluster kit; the others are those that the chart's options name. */
const KUBERNETES = 'k8s.io/kubernetes@v1.34.1';
const DEFINITIONS = {
  'github.com/cert-manager/cert-manager@v1.21.2': 'deploy/crds/cert-manager.io_*.yaml',
  'github.com/prometheus-operator/prometheus-operator@v0.85.0':
    'example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml',
  'sigs.k8s.io/gateway-api@v1.4.0': 'config/crd/standard/gateway.networking.k8s.io_httproutes.yaml',
} as const;

const DOWNLOAD_MS_MAX = 300_000;

type Schema = { [key: string]: unknown };

const folderIn = (cacheDir: string): string =>
  path.join(cacheDir, `schemas-${[KUBERNETES, ...Object.keys(DEFINITIONS)].map(versionOf).join('-')}`);

/** The folder, for `-schema-location FOLDER/{{.ResourceKind}}{{.KindSuffix}}.json`; undefined where it was not made yet. */
export const keptSchemaFolder = (cacheDir: string): string | undefined =>
  [folderIn(cacheDir)].find((folder) => existsSync(folder));

/**
 * Made if need be; undefined without Go.
 *
 * @throws Error of the child process when a module cannot be had
 */
export function schemaFolder(cacheDir: string): string | undefined {
  const kept = keptSchemaFolder(cacheDir);
  if (kept !== undefined || onPath('go') === undefined) return kept;
  const folder = folderIn(cacheDir);
  const unfinished = `${folder}.${process.pid}`;
  try {
    mkdirSync(unfinished, { recursive: true });
    writeKubernetes(path.join(moduleFolder(KUBERNETES), 'api/openapi-spec/swagger.json'), unfinished);
    for (const [module, pattern] of Object.entries(DEFINITIONS))
      writeDefinitions(moduleFolder(module), pattern, unfinished);
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

const versionOf = (module: string): string => module.slice(module.indexOf('@') + 1);

function moduleFolder(module: string): string {
  const answer = execFileSync('go', ['mod', 'download', '-json', module], {
    encoding: 'utf8',
    timeout: DOWNLOAD_MS_MAX,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return (JSON.parse(answer) as { Dir: string }).Dir;
}

interface OpenApi {
  readonly definitions: Readonly<Record<string, Schema>>;
}
interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** One file of definitions, and for each kind a file that points into it. */
function writeKubernetes(swagger: string, folder: string): void {
  const { definitions } = JSON.parse(readFileSync(swagger, 'utf8')) as OpenApi;
  const strict = Object.fromEntries(Object.entries(definitions).map(([name, schema]) => [name, strictly(schema)]));
  // OpenAPI says "string" of what may be a number as well.
  strict['io.k8s.apimachinery.pkg.util.intstr.IntOrString'] = { oneOf: [{ type: 'string' }, { type: 'integer' }] };
  strict['io.k8s.apimachinery.pkg.api.resource.Quantity'] = { oneOf: [{ type: 'string' }, { type: 'number' }] };
  writeFileSync(path.join(folder, 'definitions.json'), JSON.stringify({ definitions: strict }));
  for (const [name, schema] of Object.entries(definitions)) {
    for (const { group, version, kind } of (schema['x-kubernetes-group-version-kind'] ?? []) as Kind[]) {
      writeKind(folder, { group, version, kind }, { $ref: `definitions.json#/definitions/${name}` });
    }
  }
}

interface Definition {
  readonly group: string;
  readonly names: { readonly kind: string };
  readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
}

export function writeDefinitions(root: string, pattern: string, folder: string): void {
  const files = globSync(pattern, { cwd: root });
  if (files.length === 0) throw new Error(`${root} has no ${pattern}`);
  for (const file of files) {
    for (const { kind, spec } of objectsOf(readFileSync(path.join(root, file), 'utf8'))) {
      if (kind !== 'CustomResourceDefinition') continue;
      const { group, names, versions } = spec as Definition;
      for (const { name, schema } of versions)
        writeKind(folder, { group, version: name, kind: names.kind }, strictly(schema.openAPIV3Schema, true));
    }
  }
}

/** kubeconform's names: the kind in small letters, the group up to its first dot, the version. */
function writeKind(folder: string, { group, version, kind }: Kind, schema: Schema): void {
  const name = [kind.toLowerCase(), group.split('.')[0], version].filter(Boolean).join('-');
  writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(schema));
}

/** An object that lists its fields has no others, unless it says so. */
function strictly(schema: Schema, top = false): Schema {
  const copy: Schema = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'description' && typeof value === 'string') continue;
    if (key === 'properties') copy[key] = mapped(value as Record<string, Schema>, top);
    else if (key === 'items' || key === 'additionalProperties' || key === 'not')
      copy[key] = isSchema(value) ? strictly(value) : value;
    else if (key === '$ref') copy[key] = String(value).replace('#/definitions/', 'definitions.json#/definitions/');
    else if (!key.startsWith('x-')) copy[key] = value;
  }
  if (schema['x-kubernetes-int-or-string'] === true) return { type: ['string', 'integer', 'number'] };
  if (
    copy.properties !== undefined &&
    copy.additionalProperties === undefined &&
    !schema['x-kubernetes-preserve-unknown-fields']
  )
    copy.additionalProperties = false;
  return copy;
}

const mapped = (properties: Record<string, Schema>, top: boolean): Record<string, Schema> =>
  Object.fromEntries(
    // A CRD says of metadata only that it is an object.
    Object.entries(properties).map(([name, schema]) => [
      name,
      top && name === 'metadata' ? { type: 'object' } : strictly(schema),
    ]),
  );

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null;
