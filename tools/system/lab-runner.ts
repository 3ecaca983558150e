/** The lab runner as the runner starts it. Operators ask it through the gateway: /v1/labs and /v1/breakage. */
import { portsOfPlace, startTool, type World } from './parts.ts';
import type { Part } from './supervised.ts';

export function labRunnerPart(world: World): Part {
  const { place, folder } = world;
  const { labRunner } = portsOfPlace(place);
  const env = { HOST: place.host, HTTP_PORT: String(labRunner), DATA_DIR: folder.root };
  return {
    name: 'lab-runner',
    kind: 'infrastructure',
    runtime: 'node',
    ports: [labRunner],
    logFile: folder.log('lab-runner'),
    readyUrl: `http://${place.host}:${labRunner}/readyz`,
    start: () => startTool('lab-runner', env, world),
  };
}
