/** One look at one process from outside: does it answer, is it ready, what does it measure? */
import { connect } from 'node:net';
import { get } from '../http.ts';

/** `silent`: it holds its port and says nothing, as a frozen one does. `gone`: nobody listens there. */
export type State = 'ready' | 'not ready' | 'silent' | 'gone';

export interface Look {
  readonly state: State;
  readonly why?: string;
  readonly text?: string;
}

/** A process at work answers in a few milliseconds; with the time between two looks a dead one is seen within 2 s. */
const ANSWER_MS_MAX = 700;
const TEXT_CHARACTERS_MAX = 262_144;

const unheard = (error: NodeJS.ErrnoException): Look =>
  error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET'
    ? { state: 'gone', why: 'nobody listens at its port' }
    : { state: 'silent', why: error.message };

export function askHttp(url: string): Promise<Look> {
  return new Promise((resolve) => {
    const late = setTimeout(() => request.destroy(new Error(`no answer within ${ANSWER_MS_MAX} ms`)), ANSWER_MS_MAX);
    const end = (look: Look): void => {
      clearTimeout(late);
      resolve(look);
    };
    const request = get(url, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        if (text.length < TEXT_CHARACTERS_MAX) text += part;
      });
      response.once('error', (error) => end(unheard(error)));
      response.once('end', () =>
        end(response.statusCode === 200 ? { state: 'ready', text } : { state: 'not ready', why: whyOf(text), text }),
      );
    });
    request.once('error', (error) => end(unheard(error)));
  });
}

/** What /readyz says is missing, in words. */
function whyOf(text: string): string {
  const found = /"status":"([^"]+)"/.exec(text)?.[1] ?? 'it answers that it is not ready';
  const failing = [...text.matchAll(/"name":"([^"]+)"[^{}]*"reason":"([^"]+)"/g)].map(
    ([, name, why]) => `${name}: ${why}`,
  );
  return [found, ...failing].join('; ').slice(0, 300);
}

/** Postgres answers one byte to the question whether it speaks TLS; a frozen one holds the port and does not. */
export const askPostgres = (host: string, port: number): Promise<Look> =>
  askBytes(host, port, Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]));

/** Which requests does the broker know? ApiVersions, version 0, which every broker answers without a login. */
export const askKafka = (host: string, port: number): Promise<Look> =>
  askBytes(host, port, Buffer.from([0, 0, 0, 15, 0, 18, 0, 0, 0, 0, 0, 1, 0, 5, ...Buffer.from('floor')]));

function askBytes(host: string, port: number, question: Buffer): Promise<Look> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (look: Look): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(look);
    };
    const late = setTimeout(() => end({ state: 'silent', why: `no answer within ${ANSWER_MS_MAX} ms` }), ANSWER_MS_MAX);
    socket.once('connect', () => socket.write(question));
    socket.once('data', () => end({ state: 'ready' }));
    socket.once('error', (error) => end(unheard(error)));
    socket.once('close', () => end({ state: 'gone', why: 'it closed the connection' }));
  });
}
