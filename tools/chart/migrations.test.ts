/**
 * During an upgrade, and after a rollback for good, old pods run against new tables. So a migration only adds; one that takes
 * away what nobody reads any more says so in its first line: `-- contract: <what read it last, and when that ended>`.
 */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = path.resolve(import.meta.dirname, '../..');
const TAKES_AWAY =
  /\b(DROP\s+(TABLE|COLUMN|VIEW|FUNCTION|TYPE)|RENAME\s+(TO|COLUMN)|ALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+)?TYPE|SET\s+NOT\s+NULL|REVOKE)\b/i;
/** A column that must be given is one that old code does not give. */
const DEMANDS = /\bADD\s+COLUMN\s+(?!.*\bDEFAULT\b).*\bNOT\s+NULL\b/i;

const withoutComments = (sql: string): string => sql.replace(/--.*$/gm, '');
const breaksOldCode = (sql: string): boolean => {
  const statements = withoutComments(sql);
  return !sql.startsWith('-- contract: ') && (TAKES_AWAY.test(statements) || DEMANDS.test(statements));
};

describe('migrations', () => {
  it.each(globSync('services/*/migrations/*.sql', { cwd: ROOT }).sort())(
    '%s leaves code of the release before working',
    (file) => {
      expect(breaksOldCode(readFileSync(path.join(ROOT, file), 'utf8'))).toBe(false);
    },
  );

  it.each([
    ['ALTER TABLE orders DROP COLUMN version;', true],
    ['ALTER TABLE orders RENAME COLUMN version TO revision;', true],
    ['ALTER TABLE orders ALTER COLUMN version TYPE bigint;', true],
    ['ALTER TABLE orders ADD COLUMN note text NOT NULL;', true],
    ["ALTER TABLE orders ADD COLUMN note text NOT NULL DEFAULT '';", false],
    ['-- DROP TABLE orders\nCREATE INDEX orders_by_cafe ON orders (cafe_id);', false],
    ['-- contract: release 0.1 read it last\nALTER TABLE orders DROP COLUMN version;', false],
  ])('%s', (sql, breaks) => {
    expect(breaksOldCode(sql)).toBe(breaks);
  });
});
