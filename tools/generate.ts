/**
 * Makes libs/contracts/src/generated from protos/, and the chart's facts from topology.ts. Run by `npm run generate`; `--check` writes nothing and fails on a
 * difference.
 */
import './system/program.ts';
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { staleChartFiles, writeChartFiles } from './chart/files.ts';

const root = join(import.meta.dirname, '..');
const target = join(root, 'libs/contracts/src');
const protos = globSync('seams/**/*.proto', { cwd: join(root, 'protos') }).sort();

function generateInto(folder: string): void {
  execFileSync(
    process.execPath,
    [
      join(root, 'node_modules/@grpc/proto-loader/build/bin/proto-loader-gen-types.js'),
      '--longs=Number',
      '--enums=String',
      '--defaults',
      '--arrays',
      '--oneofs',
      '--includeComments',
      '--grpcLib=@grpc/grpc-js',
      '--importFileExtension=.ts',
      '--inputTemplate=%sInput',
      '--outputTemplate=%s',
      '-I',
      'protos',
      '-O',
      join(folder, 'generated'),
      ...protos,
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  writeFileSync(join(folder, 'generated/messages.ts'), messagesOf(join(folder, 'generated')));
}

/** One line per generated message, so that a reader imports `Order` and not its path. */
function messagesOf(generated: string): string {
  const lines = globSync('seams/**/*.ts', { cwd: generated })
    .sort()
    .map((file) => {
      const names = [
        ...readFileSync(join(generated, file), 'utf8').matchAll(/^export (?:interface|type|const) (\w+)/gm),
      ].map((match) => match[1] as string);
      const types = [...new Set(names)]
        .filter((name) => !/(Client|Handlers|Definition)$/.test(name) || !file.includes('Service.ts'))
        .sort();
      const definitions = [...new Set(names)].filter(
        (name) => file.includes('Service.ts') && name.endsWith('Definition'),
      );
      const exported = [...types, ...definitions];
      return exported.length ? `export type { ${exported.join(', ')} } from './${file}';` : '';
    });
  return `// Made by \`npm run generate\` from protos/. Do not edit.\n${lines.filter(Boolean).join('\n')}\n`;
}

function snapshot(folder: string): Map<string, string> {
  const files = globSync('generated/**/*.ts', { cwd: folder });
  return new Map(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}

const scratch = mkdtempSync(join(tmpdir(), 'seams-generate-'));
try {
  generateInto(scratch);
  if (process.argv.includes('--check')) {
    const fresh = snapshot(scratch);
    const kept = snapshot(target);
    const differing = [...new Set([...fresh.keys(), ...kept.keys()])].filter(
      (file) => fresh.get(file) !== kept.get(file),
    );
    for (const file of differing)
      console.error(
        `${relative(root, join(target, file))} is not what protos/ gives: run npm run generate and commit it`,
      );
    const stale = staleChartFiles(root);
    for (const file of stale)
      console.error(`${file} is not what topology.ts gives: run npm run generate and commit it`);
    process.exitCode = differing.length || stale.length ? 1 : 0;
  } else {
    rmSync(join(target, 'generated'), { recursive: true, force: true });
    cpSync(scratch, target, { recursive: true });
    writeChartFiles(root);
    console.log(
      `generated the chart's facts and dashboards, and types for ${protos.length} proto files into ${relative(root, target)}`,
    );
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
