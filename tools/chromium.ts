/** A real Chromium, for the tests of the console and for its screenshots. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Undefined where there is none. */
export const browserPath = [process.env.SEAMS_CHROMIUM ?? '', ...PLACES].find((place) => existsSync(place));

export const NO_BROWSER =
  'there is no Chromium: install it (Debian: apt-get install chromium), or name it in SEAMS_CHROMIUM';

export async function openBrowser(): Promise<Browser> {
  if (!browserPath) throw new Error(NO_BROWSER);
  return chromium.launch({
    executablePath: browserPath,
    // Its sandbox refuses to run as root, and a container has nobody else; it opens nothing but our own pages.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}
