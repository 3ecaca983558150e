/** What the Dockerfile says of its last stage, so that images made without Docker say the same. */
import { readFileSync } from 'node:fs';
import type { ImageConfig } from './archive.ts';

export function lastStageOf(file: string, service: string): ImageConfig {
  const text = readFileSync(file, 'utf8');
  const stage = text.slice(text.lastIndexOf('\nFROM ')).replaceAll('\\\n', ' ').replaceAll('${SERVICE}', service);
  const said = (what: string): string =>
    stage
      .split('\n')
      .filter((line) => line.startsWith(`${what} `))
      .map((line) => line.slice(what.length + 1).trim())
      .join(' ');
  const list = (what: string): string[] => JSON.parse(said(what)) as string[];
  return {
    env: pairsOf(said('ENV')).map(([name, value]) => `${name}=${value}`),
    entrypoint: list('ENTRYPOINT'),
    command: list('CMD'),
    user: said('USER'),
    workdir: said('WORKDIR'),
    labels: Object.fromEntries(pairsOf(said('LABEL')).filter(([, value]) => !value.includes('$'))),
  };
}

const pairsOf = (text: string): [string, string][] =>
  [...text.matchAll(/([\w.]+)=(?:"([^"]*)"|(\S+))/g)].map(([, name, quoted, plain]) => [
    name as string,
    quoted ?? plain ?? '',
  ]);
