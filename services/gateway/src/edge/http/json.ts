import { isUtf8 } from 'node:buffer';
import { parse } from 'secure-json-parse';
import { HttpRefusal } from './problem.ts';

/** An order is three deep; sixteen leaves room and stops a body that is only brackets. */
const DEPTH_MAX = 16;

/**
 * Bytes as a JSON object, or a refusal. Stricter than JSON.parse, for two readers of one body must not read two
 * things: no BOM, no invalid UTF-8, no name twice in one object, nothing that reaches a prototype.
 */
export function parseObject(bytes: Buffer): Record<string, unknown> {
  const text = bytes.toString('utf8');
  if (!isUtf8(bytes) || text.startsWith('\ufeff')) throw new HttpRefusal('malformed_json');
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new HttpRefusal('malformed_json');
  refuseOddShape(text);
  return value as Record<string, unknown>;
}

/** V8 parses without recursion, so depth is safe to be judged afterwards; the size is bounded before. */
function parseJson(text: string): unknown {
  try {
    return parse(text, undefined, { protoAction: 'error', constructorAction: 'error' });
  } catch (cause) {
    // Its message quotes the body, so it goes no further.
    if (cause instanceof Error && cause.name === 'SyntaxError') throw new HttpRefusal('malformed_json');
    throw cause;
  }
}

/** One pass over text that is known to be JSON: how deep, and whether a name comes twice in one object. */
function refuseOddShape(text: string): void {
  // The names seen in each open object; an array has none.
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : undefined);
      if (open.length > DEPTH_MAX) throw new HttpRefusal('malformed_json');
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const end = endOfString(text, at);
      if (isName(text, end)) addName(open.at(-1), text.slice(at, end + 1));
      at = end;
    }
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** In JSON a string is a name exactly if a colon follows. */
function isName(text: string, end: number): boolean {
  let at = end + 1;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  return text[at] === ':';
}

function addName(names: Set<string> | undefined, quoted: string): void {
  const name = JSON.parse(quoted) as string; // "a" and "\u0061" are one name
  if (names?.has(name)) throw new HttpRefusal('malformed_json');
  names?.add(name);
}
