/** One TypeScript file as the rules need it: its imports, its string literals and its calls, each with its line. */
import { parseSync } from '@swc/core';

export interface Import {
  readonly specifier: string;
  readonly line: number;
}

export interface Literal {
  readonly text: string;
  readonly line: number;
}

export interface Source {
  readonly file: string;
  readonly imports: readonly Import[];
  readonly literals: readonly Literal[];
  /** Lines of `new Date()` and `Date()`: without an argument they read the clock. */
  readonly clockReads: readonly number[];
  /** Lines of `Date.now`, called or handed on. */
  readonly wallClockReads: readonly number[];
  /** Lines where code waits for a time instead of a condition; a pause inside a loop is a poll, and fine. */
  readonly sleeps: readonly number[];
}

interface Node {
  readonly type: string;
  readonly span: { readonly start: number };
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

export function sourceOf(file: string, text: string): Source {
  // SWC counts bytes over all that a process parses. The `;` makes the first statement begin where the file does.
  const module = parseSync(`;${text}`, { syntax: 'typescript', decorators: true, target: 'es2024' }) as unknown as Node;
  const bytes = Buffer.from(text);
  const base = (module.body as Node[])[0]?.span.start ?? 0;
  const lineOf = (node: Node): number => countLines(bytes, node.span.start - base - 1);

  const found = {
    imports: [] as Import[],
    literals: [] as Literal[],
    clockReads: [] as number[],
    wallClockReads: [] as number[],
    sleeps: [] as number[],
  };
  walk(module, false, (node, inLoop) => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) found.imports.push({ specifier, line: lineOf(node) });
    const literal = literalOf(node);
    if (literal !== undefined) found.literals.push({ text: literal, line: lineOf(node) });
    if (readsClock(node)) found.clockReads.push(lineOf(node));
    if (readsWallClock(node)) found.wallClockReads.push(lineOf(node));
    if (!inLoop && sleeps(node)) found.sleeps.push(lineOf(node));
  });
  return { file, ...found };
}

const LOOP = /^(While|DoWhile|For|ForOf|ForIn)Statement$/;

function walk(value: unknown, inLoop: boolean, visit: (node: Node, inLoop: boolean) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, inLoop, visit);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (isNode(value)) visit(value, inLoop);
  const looping = inLoop || (isNode(value) && LOOP.test(value.type));
  for (const child of Object.values(value)) walk(child, looping, visit);
}

function countLines(bytes: Buffer, until: number): number {
  let line = 1;
  for (let at = bytes.indexOf(10); at !== -1 && at < until; at = bytes.indexOf(10, at + 1)) line++;
  return line;
}

const textOf = (node: unknown): string | undefined =>
  isNode(node) && node.type === 'StringLiteral' ? String(node.value) : undefined;

const firstArgument = (node: Node): Node | undefined => (node.arguments as { expression: Node }[])[0]?.expression;

function specifierOf(node: Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return textOf(node.source);
    case 'TsImportType':
      return textOf(node.argument);
    case 'CallExpression': {
      const callee = node.callee as Node;
      if (callee.type === 'Import' || nameOf(callee) === 'require') return textOf(firstArgument(node));
      return undefined;
    }
    default:
      return undefined;
  }
}

function literalOf(node: Node): string | undefined {
  if (node.type === 'TemplateLiteral') {
    // what is interpolated stands for one word, so that `SELECT ${columns} FROM orders` still reads as SQL
    return (node.quasis as Node[] | undefined)?.map((part) => String(part.cooked)).join('_');
  }
  return textOf(node);
}

const nameOf = (node: unknown): string | undefined =>
  isNode(node) && node.type === 'Identifier' ? String(node.value) : undefined;

function readsClock(node: Node): boolean {
  if (node.type === 'CallExpression') return nameOf(node.callee) === 'Date';
  return (
    node.type === 'NewExpression' && nameOf(node.callee) === 'Date' && !(node.arguments as unknown[] | null)?.length
  );
}

const readsWallClock = (node: Node): boolean =>
  node.type === 'MemberExpression' && nameOf(node.object) === 'Date' && nameOf(node.property) === 'now';

/** `await sleep(50)`, `await setTimeout(50)` or `await new Promise((resolve) => setTimeout(resolve, 50))`. */
function sleeps(node: Node): boolean {
  if (node.type !== 'AwaitExpression') return false;
  const waitedFor = node.argument as Node;
  if (waitedFor.type === 'CallExpression')
    return /^(sleep|delay|pause|setTimeout)$/.test(nameOf(waitedFor.callee) ?? '');
  if (waitedFor.type !== 'NewExpression' || nameOf(waitedFor.callee) !== 'Promise') return false;
  const executor = firstArgument(waitedFor);
  return executor !== undefined && onlySetsTimer(executor);
}

function onlySetsTimer(executor: Node): boolean {
  const body = executor.body as Node | undefined;
  const statements = body?.type === 'BlockStatement' ? (body.stmts as Node[]) : [];
  const only = statements.length === 1 ? ((statements[0]?.expression as Node | undefined) ?? undefined) : undefined;
  const call = body?.type === 'BlockStatement' ? only : body;
  return call?.type === 'CallExpression' && nameOf(call.callee) === 'setTimeout';
}
