/** The parts of `npm run check`. The longest come first, so that two at a time end together. */
import { arrows } from '../../topology.ts';
import { canary } from '../canary/canary.ts';
import { jestCommand } from '../test/jest.ts';
import { graphBreaches, graphOf, importBreaches } from './boundaries.ts';
import { chart } from './chart.ts';
import { consoleSize } from './console-size.ts';
import { lintBreaches } from './lint.ts';
import { lockBreaches } from './lockfile.ts';
import { breaches, command, execute, type Part, program, root } from './run.ts';
import { tidyBreaches, tidyRules } from './tidy.ts';
import { treeOf } from './tree.ts';

const tree = treeOf(root);

const tsc = (...args: string[]): string[] => program('tsc', ...args);

/** What is built is checked as it is built; what runs from its source, and the tests, are checked beside it. */
const types: Part = {
  name: 'types',
  run: async () => {
    const outcomes = [];
    for (const args of [['-b'], ['-p', 'tsconfig.tools.json'], ['-p', 'tsconfig.tests.json'], ['-p', 'console']]) {
      outcomes.push(await execute(tsc(...args)));
    }
    return { ok: outcomes.every(({ ok }) => ok), output: outcomes.map(({ output }) => output).join('') };
  },
};

const format: Part = {
  name: 'format',
  run: async () => {
    const { ok, output } = await execute(program('biome', 'check', '--reporter=summary', '.'));
    return { ok, output: `${output.trim()}\nnpm run format writes it` };
  },
};

const unit: Part = command('unit', jestCommand('--selectProjects', 'unit'));

const guards: readonly Part[] = [
  types,
  breaches('lint', () => ({ found: lintBreaches(root, root), note: 'oxlint, type-aware' })),
  breaches('boundaries', () => ({
    found: [...importBreaches(tree), ...graphBreaches(tree, graphOf(root))],
    note: 'imports and the project graph',
  })),
  breaches('tidy', () => ({
    found: tidyBreaches(tree, arrows),
    note: `${tidyRules.length} rules, ${tree.files.length} files`,
  })),
  { name: 'canary', run: () => canary(root) },
  breaches('lock file', () => ({ found: lockBreaches(tree.read('package-lock.json')), note: 'every platform' })),
  { name: 'console', run: consoleSize },
  format,
  chart,
  command('protos', program('buf', 'lint', 'protos')),
  command('generated types', [process.execPath, 'tools/generate.ts', '--check']),
];

/** All that `npm run check` runs. `npm test` takes the guards alone, because it runs and counts the unit tests itself. */
export const parts: readonly Part[] = [unit, ...guards];
export const guardParts = guards;
