/** What the chart names, read from its files. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export const CHECKOUT = path.resolve(import.meta.dirname, '../..');
export const CHART = path.join(CHECKOUT, 'helm/seams');

const read = (file: string): string => readFileSync(path.join(CHART, file), 'utf8');

/** The tag of our images where nobody says another. */
export function appVersion(): string {
  const version = /^appVersion: "?([^"\s]+)/m.exec(read('Chart.yaml'))?.[1];
  if (!version) throw new Error('helm/seams/Chart.yaml names no appVersion');
  return version;
}

/** The same programs under another name: something to upgrade to. */
export const nextVersion = (): string => `${appVersion()}-next`;

/** The images of what the services stand on. */
export function infrastructureImages(): { kafka: string; postgres: string; jaeger: string } {
  const values = read('values.yaml');
  const of = (section: string): string => {
    const image = new RegExp(`^${section}:\\n(?:[ #].*\\n|\\n)*? {2}image: (\\S+)$`, 'm').exec(values)?.[1];
    if (!image) throw new Error(`helm/seams/values.yaml names no image of ${section}`);
    return image;
  };
  return { kafka: of('kafka'), postgres: of('postgres'), jaeger: of('traces') };
}
