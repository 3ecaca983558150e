/** Asks a port over HTTP whether it is ready. node:http, for fetch would cost the runner 10 MB. */
import { get } from '../infrastructure/http.ts';

const ANSWER_MS_MAX = 1_500;
const ANSWER_CHARACTERS_MAX = 400;

export interface Readiness {
  readonly ready: boolean;
  /** What it said, or why it could not be asked. */
  readonly said: string;
}

export function askReadiness(url: string): Promise<Readiness> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: ANSWER_MS_MAX }, (response) => {
      let said = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        if (said.length < ANSWER_CHARACTERS_MAX) said += part.slice(0, ANSWER_CHARACTERS_MAX - said.length);
      });
      response.once('close', () =>
        resolve({ ready: response.statusCode === 200, said: said || `status ${response.statusCode}` }),
      );
    });
    request.once('timeout', () => request.destroy(new Error(`no answer within ${ANSWER_MS_MAX} ms`)));
    request.once('error', (error) => resolve({ ready: false, said: error.message }));
  });
}
