import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { answerProblem, PROBLEMS } from './problem.ts';

type Handle = (incoming: IncomingMessage, response: ServerResponse) => void;

/** Clients that send the next request before they have an answer send a few; who sends more gets a connection's end. */
const WAITING_MAX = 16;

/**
 * One request of a connection after the other: their answers go out in this order anyway. Node hands out all that came
 * pipelined at once, so fifty connections with twenty requests each would take every place at the gateways.
 */
export function inTurn(handle: Handle, waitingMax = WAITING_MAX): Handle {
  const lines = new WeakMap<Socket, (() => void)[]>();
  return (incoming, response) => {
    const { socket } = incoming;
    const line = lines.get(socket);
    if (line && line.length >= waitingMax) {
      // It owes its place in the order of answers, nothing else: no gateway hears of it.
      response.setHeader('Connection', 'close');
      answerProblem(response, PROBLEMS.pipelined);
      return;
    }
    const next = (): void => {
      const following = lines.get(socket)?.shift();
      if (following) following();
      else lines.delete(socket);
    };
    const begin = (): void => {
      if (socket.destroyed) {
        lines.delete(socket);
        return;
      }
      response.once('close', next);
      handle(incoming, response);
    };
    if (line) line.push(begin);
    else {
      lines.set(socket, []);
      begin();
    }
  };
}
