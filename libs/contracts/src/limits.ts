/**
 * What a customer may send. The owner of each limit enforces it, and the gateway's OpenAPI document names it. Lengths of
 * text count Unicode code points, as JSON Schema and Postgres do.
 */

/** In integer cents; owner: business-logic. */
export const TOP_UP_CENTS_MIN = 100;
export const TOP_UP_CENTS_MAX = 100_000;

/** Units of one item in one order: more is a catering contract, not a coffee. Owner: business-logic. */
export const QUANTITY_MAX = 20;
export const LINES_MAX = 20;

/** Owner: auth. */
export const EMAIL_LENGTH_MAX = 254;
export const PASSWORD_LENGTH_MIN = 8;
/** Beyond this a password adds nothing to 256 bits, and hashing it costs us more than it costs its sender. */
export const PASSWORD_LENGTH_MAX = 200;
export const DISPLAY_NAME_LENGTH_MAX = 80;

/** A day by the minute, about 30 KB on the wire. Owner: analytics. */
export const REPORT_MINUTES_MAX = 1_440;
/** Before this: 9999-12-31 is the last day that every part writes alike. */
export const REPORT_END_MS = Date.UTC(10_000, 0, 1);

/** Control characters, line and paragraph separators, and the marks that turn the direction of what is around them. */
const UNSHOWABLE = '\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069';
/** Blanks, format characters, fillers, private use; the last range is the tags, as characters. */
const INVISIBLE =
  '\\u0020\\u00a0\\u00ad\\u0600-\\u0605\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u115f\\u1160\\u1680\\u180e\\u2000-\\u200d' +
  '\\u202f\\u205f-\\u2065\\u206a-\\u206f\\u2800\\u3000\\u3164\\ue000-\\uf8ff\\ufdd0-\\ufdef\\ufeff\\uffa0\\ufff0-\\ufffb' +
  '\\ufffe\\uffff\u{e0000}-\u{e0fff}';

/**
 * At least one visible character and none that can't be shown. It names ranges instead of \p{…}, a class of ECMAScript
 * that Python, Go and Java parse differently or not at all. Half surrogate pairs are refused beside it.
 */
export const DISPLAY_NAME_PATTERN = `^[^${UNSHOWABLE}]*[^${UNSHOWABLE}${INVISIBLE}][^${UNSHOWABLE}]*$`;
