/** What an identity may look like. Lengths count Unicode code points: an emoji is one, however it is encoded. */
import {
  DISPLAY_NAME_LENGTH_MAX,
  DISPLAY_NAME_PATTERN,
  EMAIL_LENGTH_MAX,
  PASSWORD_LENGTH_MAX,
  PASSWORD_LENGTH_MIN,
} from '@seams/contracts';

export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
}

export type RegistrationFault = 'email_malformed' | 'password_out_of_range' | 'display_name_malformed';

/** The first thing that is wrong, in the order of the form. */
export function faultOf({ email, password, displayName }: Registration): RegistrationFault | undefined {
  if (!isEmail(email)) return 'email_malformed';
  if (!isPassword(password)) return 'password_out_of_range';
  if (!isDisplayName(displayName)) return 'display_name_malformed';
  return undefined;
}

/** One @ between something and something with a dot; only a letter to it would prove more. \p{C}: nothing invisible. */
const EMAIL_SHAPE = /^[^\s@\p{C}]+@[^\s@.\p{C}]+(\.[^\s@.\p{C}]+)+$/u;

export function isEmail(text: string): boolean {
  return lengthOf(text, EMAIL_LENGTH_MAX) <= EMAIL_LENGTH_MAX && EMAIL_SHAPE.test(text);
}

export function isPassword(text: string): boolean {
  const length = lengthOf(text, PASSWORD_LENGTH_MAX);
  return length >= PASSWORD_LENGTH_MIN && length <= PASSWORD_LENGTH_MAX;
}

const DISPLAY_NAME = new RegExp(DISPLAY_NAME_PATTERN, 'u');

function isDisplayName(text: string): boolean {
  return (
    lengthOf(text, DISPLAY_NAME_LENGTH_MAX) <= DISPLAY_NAME_LENGTH_MAX && text.isWellFormed() && DISPLAY_NAME.test(text)
  );
}

/** Two spellings of one address: the same letters in another case, or é as one character or as two. */
export function canonicalEmail(email: string): string {
  return email.toLowerCase().normalize('NFC');
}

/** The length in code points; counting stops where it no longer matters, so 200 KB cost what 200 characters do. */
function lengthOf(text: string, enough: number): number {
  return text.length > 2 * enough ? text.length : Array.from(text).length;
}
