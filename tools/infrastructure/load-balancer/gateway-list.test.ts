import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { followGateways, type GatewayList } from './gateway-list.ts';
import type { Log } from './gateways.ts';
import { ask, balancerOver, closeAll, eventually, gateway, HOST, owned, type StandIn } from './stand-ins.ts';

let root: string;
let file: string;
let said: string[];
const log: Log = ({ msg, why }) => void said.push(`${msg}: ${why}`);
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'seams-gateways-'));
  file = path.join(root, 'gateway');
  said = [];
});
afterEach(async () => {
  await closeAll();
  rmSync(root, { recursive: true, force: true });
});

const named = (name: string): Promise<StandIn> =>
  gateway((_, response) => void setTimeout(() => response.end(name), 5));

function write(text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
const lineOf = ({ port, opsPort }: StandIn, at: number): string => `gateway-${at + 1}=${HOST}:${port}/${opsPort}\n`;
const list = (...gateways: StandIn[]): void => write(gateways.map(lineOf).join(''));

function following(): GatewayList {
  const followed = followGateways(file, log);
  owned({ destroy: () => followed.close() });
  return followed;
}

describe('the load balancer', () => {
  it('uses a gateway that is added and leaves one that is removed, and no request fails meanwhile', async () => {
    const [a, b] = [await named('a'), await named('b')];
    list(a);
    const followed = following();
    const balancer = await balancerOver([a]);
    followed.onChange((gateways) => balancer.use(gateways));

    const answering = async (): Promise<string> => {
      const bodies = new Set<string>();
      for (let n = 0; n < 6; n++) bodies.add((await ask(balancer.port)).body);
      return [...bodies].sort().join('');
    };
    let over = false;
    const statuses = new Set<number>();
    const stream = Array.from({ length: 4 }, async () => {
      while (!over) statuses.add((await ask(balancer.port)).status);
    });
    list(a, b);
    await eventually(async () => (await answering()) === 'ab');
    write(lineOf(b, 1));
    await eventually(async () => (await answering()) === 'b');
    await new Promise((resolve) => a.server.close(resolve)); // resolves when the last request to it has ended
    over = true;
    await Promise.all(stream);
    expect([...statuses]).toEqual([200]);
  });
});

describe('the list of gateways', () => {
  it.each([
    ['', 'it names no gateway'],
    ['somewhere\n', '"somewhere" is not name=host:port/opsPort'],
  ])('of %j is refused at the start', (text, why) => {
    write(text);
    expect(() => following()).toThrow(why);
  });

  it('keeps the last good list, says once why, and follows again', async () => {
    write(`gateway-1=${HOST}:1/2\n`);
    const followed = following();
    write('nonsense\n');
    await eventually(() => said.length > 0);
    expect(followed.now).toEqual([{ name: 'gateway-1', host: HOST, port: 1, opsPort: 2 }]);
    write(`gateway-2=${HOST}:3/4\n`);
    await eventually(() => followed.now[0]?.name === 'gateway-2');
    expect(said).toEqual(['the list of gateways is not followed: "nonsense" is not name=host:port/opsPort']);
  });
});
