import type { IncomingMessage } from 'node:http';
import { Failure } from '@seams/call';
import { HttpRefusal, hasBody } from './problem.ts';

/** 64 KiB: an order of fifty lines is 4 KiB; nobody types more. */
const BODY_BYTES_MAX = 65_536;

const TOKEN = "[!#$%&'*+.^_`|~0-9a-z-]+";
const QUOTED = '"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t \\x21-\\x7e\\x80-\\xff])*"';
/** RFC 8259 11: this type has no parameters, and one that is given changes nothing, `charset` neither. */
const JSON_TYPE = new RegExp(
  `^application/json(?:[ \\t]*;(?:[ \\t]*${TOKEN}[ \\t]*=[ \\t]*(?:${TOKEN}|${QUOTED}))?)*[ \\t]*$`,
  'i',
);

/** Reads the whole body, never more than the limit, and only if it says that it is JSON. */
export async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const { headersDistinct } = incoming;
  if (Number(incoming.headers['content-length'] ?? 0) > BODY_BYTES_MAX) throw new HttpRefusal('body_too_large');
  if (!isPlainJson(headersDistinct['content-type'], headersDistinct['content-encoding'])) {
    // No body and no type: what is missing is the body, so that is what the answer names.
    const isEmpty = incoming.headers['content-type'] === undefined && !hasBody(incoming);
    throw new HttpRefusal(isEmpty ? 'malformed_json' : 'media_type_unsupported');
  }

  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Not destroyed on the way out: the connection is still needed for the refusal.
    for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
      bytes += (chunk as Buffer).length;
      if (bytes > BODY_BYTES_MAX) throw new HttpRefusal('body_too_large');
      chunks.push(chunk as Buffer);
    }
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    throw new Failure('cancelled', 'caller_gone', 'The caller went away.', { cause: thrown });
  }
  return Buffer.concat(chunks, bytes);
}

/** A second header or a coding would be read differently by the next reader. That the bytes are UTF-8 is checked in json.ts. */
function isPlainJson(types: string[] | undefined, codings: string[] | undefined): boolean {
  return types?.length === 1 && JSON_TYPE.test(types[0] as string) && (codings ?? []).every(isIdentity);
}

const isIdentity = (coding: string): boolean => coding.trim().toLowerCase() === 'identity';
