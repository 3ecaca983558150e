import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { leftOut } from './one-process.ts';

it.each(Object.keys(leftOut))('e2e/%s.test.ts, which one process is not asked for, is there', (name) => {
  expect(existsSync(join(import.meta.dirname, '../../e2e', `${name}.test.ts`))).toBe(true);
});
