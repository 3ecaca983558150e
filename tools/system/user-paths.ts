/** Paths as the user means and reads them: from where they stand. npm tells it, for it runs us in the checkout. */
import path from 'node:path';

const CHECKOUT = path.resolve(import.meta.dirname, '../..');

const here = (): string => process.env.INIT_CWD ?? '.';

export const fromUser = (file: string): string => path.resolve(here(), file);

export const toUser = (file: string): string => path.relative(here(), file) || '.';

/** What `--data` names; without it the usual folder. */
export const dataDirOf = (data: string | undefined, checkout = CHECKOUT): string =>
  data === undefined ? path.join(checkout, '.seams') : fromUser(data);
