/** The one process of `npm run start:single` as the runner starts it. */
import path from 'node:path';
import { single } from '../../topology.ts';
import { frontPort, singleEnvironmentOf } from '../environment.ts';
import { nodeEnvironment, STOP_MS_MAX, spawnInFront, type World } from './parts.ts';
import type { Part } from './supervised.ts';

/** Garbage of five services in one heap: as much room for it as they have together. */
const SINGLE_MEMORY = ['--max-old-space-size=256', '--max-semi-space-size=16', '--no-node-snapshot'];

/** All services in one process. Its front is what the gateways are elsewhere, and Postgres's connections stand behind it. */
export function singlePart(world: World): Part {
  const { checkout, folder, place, installation } = world;
  const logFile = folder.log(single.name);
  const ops = single.ports.ops + place.offset;
  return {
    name: single.name,
    kind: 'service',
    runtime: 'node',
    ports: [frontPort(place), ops],
    logFile,
    readyUrl: `http://${place.host}:${ops}/readyz`,
    start: () =>
      spawnInFront(
        {
          name: single.name,
          command: process.execPath,
          args: [...SINGLE_MEMORY, path.join(checkout, 'single/dist/main.js')],
          env: nodeEnvironment(singleEnvironmentOf(place, installation.secrets)),
          cwd: checkout,
          logFile,
        },
        STOP_MS_MAX,
        world,
      ),
  };
}
