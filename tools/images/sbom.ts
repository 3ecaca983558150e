/**
 * What an image holds of others, as CycloneDX 1.6. `npm sbom` lists what the whole workspace may need; this lists what
 * was copied, with the hashes that package-lock.json pins.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Package } from './packages.ts';

interface Lock {
  readonly version: string;
  readonly packages: Readonly<Record<string, { readonly integrity?: string }>>;
}

export function sbomOf(image: string, packages: readonly Package[], checkout: string): string {
  const { version, packages: locked } = JSON.parse(
    readFileSync(path.join(checkout, 'package-lock.json'), 'utf8'),
  ) as Lock;
  const component = { type: 'application', 'bom-ref': `seams/${image}`, name: `seams/${image}`, version };
  const components = packages.map(({ name, version: ofPackage, license, folder }) => ({
    type: 'library',
    'bom-ref': folder,
    name,
    version: ofPackage,
    purl: `pkg:npm/${name.replace('@', '%40')}@${ofPackage}`,
    licenses: [{ expression: license }],
    hashes: hashesOf(locked[folder]?.integrity),
    properties: [{ name: 'seams:path', value: `/seams/${folder}` }],
  }));
  // Neither time nor serial number: the same contents give the same bytes.
  return `${JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, metadata: { component }, components }, undefined, 1)}\n`;
}

/** "sha512-<base64>" of the archive that npm fetched. */
const hashesOf = (integrity: string | undefined): { alg: string; content: string }[] =>
  integrity?.startsWith('sha512-')
    ? [{ alg: 'SHA-512', content: Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex') }]
    : [];
