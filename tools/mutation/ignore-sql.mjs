/**
 * Stryker empties each text. A statement of SQL without its text, or without a part of it, fails at once on every Postgres, and no
 * unit test has one: that mutant says nothing. The contract tests run the statements, and mutants of SQL itself.
 */
const SQL = /^\s*(SELECT|INSERT|UPDATE|DELETE|EXISTS|NOT EXISTS|interval|coalesce|\w+ \w+ LEFT JOIN)\b/;

/** Functions that put a statement together from the texts that they are given. */
const BUILDERS = ['pair'];

const textOf = ({ type, value, quasis }) =>
  type === 'StringLiteral' ? value : type === 'TemplateLiteral' ? quasis[0].value.raw : '';

function isSql(node) {
  if (node.type === 'ArrowFunctionExpression') return isSql(node.body);
  if (node.type === 'CallExpression') return BUILDERS.includes(node.callee.name);
  return SQL.test(textOf(node));
}

export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'sql',
    value: { shouldIgnore: ({ node }) => (isSql(node) ? 'SQL, which the contract tests run on Postgres' : undefined) },
  },
];
