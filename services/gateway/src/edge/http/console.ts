/**
 * The web console's files, from memory: they are few, and an order must not wait for a disk. No route of the API, so the
 * gate lets them in as what matters least (criticalityOf in routes.ts), and what is no file of theirs stays a problem.
 */
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { exchangeOf, fail, pathOf } from './exchange.ts';
import { HttpRefusal } from './problem.ts';

interface File {
  readonly route: string;
  readonly bytes: Buffer;
  readonly gzip: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string;
}

/** True when the request is for a file of the console; then it has its answer. */
export type ConsoleFiles = (incoming: IncomingMessage, response: ServerResponse) => boolean;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Scripts, styles and pictures from here alone, none of them inline; questions to here alone; nobody frames it. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

// A file's name holds the hash of what is in it, so it never changes; the page that names them is asked for each time.
const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_EACH_TIME = 'no-cache';

export const noConsole: ConsoleFiles = () => false;

/** @throws Error when the console is not built there */
export function consoleFrom(folder: string): ConsoleFiles {
  const names = globSync('{index.html,assets/*.{js,css,svg}}', { cwd: folder });
  if (!names.includes('index.html')) throw new Error(`CONSOLE_DIR: there is no index.html in ${folder}`);
  const files = new Map(
    names.map((name) => [name === 'index.html' ? '/' : `/${name.replaceAll(path.sep, '/')}`, read(folder, name)]),
  );
  return (incoming, response) => {
    const file = files.get(pathOf(incoming));
    if (!file) return false;
    exchangeOf(incoming).route = file.route;
    if (incoming.method === 'GET' || incoming.method === 'HEAD') send(file, incoming, response);
    else fail(incoming, response, new HttpRefusal('method_not_allowed', { headers: { Allow: 'GET, HEAD' } }));
    return true;
  };
}

function read(folder: string, name: string): File {
  const bytes = readFileSync(path.join(folder, name));
  const isPage = name === 'index.html';
  return {
    route: isPage ? '/' : '/assets/{file}',
    bytes,
    gzip: readFileSync(path.join(folder, `${name}.gz`)),
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    headers: {
      'Content-Type': TYPES[path.extname(name)] ?? 'application/octet-stream',
      'Cache-Control': isPage ? ASK_EACH_TIME : FOR_EVER,
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
      Vary: 'Accept-Encoding',
    },
  };
}

function send(
  { bytes, gzip, headers, etag }: File,
  { headers: asked, method }: IncomingMessage,
  response: ServerResponse,
): void {
  const zipped = /(^|[\s,])gzip($|[\s,])/.test(asked['accept-encoding'] ?? '');
  // The same bytes in two encodings are two representations.
  const tag = zipped ? etag.replace(/"$/, '-gzip"') : etag;
  if (isNamedBy(asked['if-none-match'], tag)) {
    response.writeHead(304, { ...headers, ETag: tag }).end();
    return;
  }
  const body = zipped ? gzip : bytes;
  response.writeHead(200, {
    ...headers,
    ETag: tag,
    'Content-Length': String(body.length),
    ...(zipped ? { 'Content-Encoding': 'gzip' } : {}),
  });
  response.end(method === 'HEAD' ? undefined : body);
}

/** RFC 9110 13.1.2: any of a list, by the weak comparison, because a proxy that compresses makes a tag weak; `*` is any. */
function isNamedBy(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.trim() === '*' || [...ifNoneMatch.matchAll(OPAQUE_TAGS)].some(([tag]) => tag === etag);
}

/** Without W/: a tag may hold a comma, but no quote. */
const OPAQUE_TAGS = /"[\x21\x23-\x7e\x80-\xff]*"/g;
