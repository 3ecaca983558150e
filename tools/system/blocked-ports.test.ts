import { describe, expect, it } from '@jest/globals';
import { blockedPorts } from './blocked-ports.ts';

/** Ports of ours stay below the ephemeral ones (free-offset.ts). */
const PORT_MAX = 32_767;

/** What fetch says of a port before it goes there. */
async function isBlocked(port: number): Promise<boolean> {
  // Nobody is called: what comes this far is an open port.
  const dispatcher = {
    dispatch: () => {
      throw new Error('open');
    },
  };
  const asked = await fetch(`http://127.0.0.1:${port}`, { dispatcher } as unknown as RequestInit).catch(
    (error: Error) => (error.cause as Error).message,
  );
  if (asked !== 'open' && asked !== 'bad port') throw new Error(`of port ${port} fetch says ${String(asked)}`);
  return asked === 'bad port';
}

describe('the blocked ports', () => {
  it('are those to which fetch does not go, all of them and no other', async () => {
    const blocked: number[] = [];
    for (let port = 1; port <= PORT_MAX; port++) if (await isBlocked(port)) blocked.push(port);
    expect([...blockedPorts]).toEqual(blocked);
  });
});
