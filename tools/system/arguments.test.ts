import { describe, expect, it } from '@jest/globals';
import { portsOf } from '../environment.ts';
import { BadArguments, readStartArguments, readStatusArguments } from './arguments.ts';

const CHECKOUT = '/checkout';
const read = (...args: string[]) => readStartArguments(args, CHECKOUT);

describe('npm start without arguments', () => {
  it('keeps its data in the checkout and listens on the ports of topology.ts, on loopback', () => {
    expect(read()).toEqual({
      help: false,
      fresh: false,
      dataDir: '/checkout/.seams',
      place: { host: '127.0.0.1', offset: 0 },
    });
  });
});

describe('the arguments of npm start', () => {
  it('name ports, which win over the offset', () => {
    const { place, fresh, dataDir } = read(
      '--fresh',
      '--port',
      '9000',
      '--trace-port=9001',
      '--offset',
      '100',
      '--data',
      '/elsewhere',
    );
    expect({ fresh, dataDir }).toEqual({ fresh: true, dataDir: '/elsewhere' });
    const ports = new Map(portsOf(place).map(({ name, port }) => [name, port]));
    expect(ports.get('load-balancer')).toBe(9000);
    expect(ports.get('traces (query)')).toBe(9001);
    expect(ports.get('postgres')).toBe(15532);
  });

  it('ask for one process', () => {
    expect(read('--single').place).toEqual({ host: '127.0.0.1', offset: 0, single: true });
  });

  it.each([
    [['--port', '1'], 'load-balancer would listen on port 1, to which no browser goes (fetch calls it a bad port)'],
    [['--port', '2'], undefined],
    [
      ['--offset', '2000'],
      'load-balancer would listen on port 10080, to which no browser goes (fetch calls it a bad port)',
    ],
    [['--port', '0'], '--port takes a whole number from 1 to 65535, not "0"'],
    [['--port', '65535'], undefined],
    [['--port', '65536'], '--port takes a whole number from 1 to 65535, not "65536"'],
    [['--port', '8080.5'], '--port takes a whole number from 1 to 65535, not "8080.5"'],
    [['--port', '0x10'], '--port takes a whole number from 1 to 65535, not "0x10"'],
    [['--port', ''], '--port takes a whole number from 1 to 65535, not ""'],
    [['--port'], "Option '--port <value>' argument missing; --help lists the options"],
    [['--offset', '0'], undefined],
    // Kafka's controller is the highest port of topology.ts
    [['--offset', String(65_535 - 19_093)], undefined],
    [['--offset', String(65_535 - 19_092)], '--offset 46443 moves kafka (controller) to port 65536, the last is 65535'],
    [
      ['--port', '7001'],
      'load-balancer and auth-1 (grpc) would both listen on port 7001: choose another --port or --trace-port',
    ],
    [
      ['--trace-port', '8080'],
      'load-balancer and traces (query) would both listen on port 8080: choose another --port or --trace-port',
    ],
    [['--data', ''], '--data names no folder'],
    [['--frehs'], "Unknown option '--frehs'; --help lists the options"],
    [['fresh'], "Unexpected argument 'fresh'; --help lists the options"],
  ])('%j: %s', (args, mistake) => {
    if (mistake === undefined) {
      expect(() => read(...args)).not.toThrow();
    } else {
      expect(() => read(...args)).toThrow(new BadArguments(mistake));
    }
  });
});

describe('the arguments of npm run status', () => {
  it('name the data folder and the form', () => {
    expect(readStatusArguments(['--json', '--data', '/d'], CHECKOUT)).toEqual({
      help: false,
      dataDir: '/d',
      json: true,
    });
  });
});
