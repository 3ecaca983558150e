import { describe, expect, it } from '@jest/globals';
import { childEnvironment, ownEnvironment } from './inherited-environment.ts';

describe('what a server, a service or a compiler inherits', () => {
  it('is what finds programs and folders, and nothing else of the shell', () => {
    const shell = {
      ...{ PATH: '/bin', HOME: '/home/ada', TMPDIR: '/var/tmp' },
      ...{ TZ: 'Asia/Tehran', LC_ALL: 'tr_TR.UTF-8', LD_LIBRARY_PATH: '/opt/conda/lib', OPENSSL_CONF: '/etc/fips.cnf' },
      ...{ SSL_CERT_FILE: '/etc/corp.pem', UV_THREADPOOL_SIZE: '1', npm_config_loglevel: 'silly', DEBUG: '*' },
    };
    expect(childEnvironment(shell)).toEqual({
      PATH: '/bin',
      HOME: '/home/ada',
      TMPDIR: '/var/tmp',
      LC_ALL: 'C.UTF-8',
    });
  });

  it('names no folder that the shell does not name', () => {
    expect(childEnvironment({ PATH: '/bin', TMPDIR: '' })).toEqual({ PATH: '/bin', LC_ALL: 'C.UTF-8' });
  });
});

describe("what ours inherit from a user's shell", () => {
  it.each([
    'PGSSLMODE',
    'PGOPTIONS',
    'PGHOST',
    'PGDATA',
    'PGTZ',
    'JAVA_TOOL_OPTIONS',
    '_JAVA_OPTIONS',
    'JDK_JAVA_OPTIONS',
    'CLASSPATH',
    'KAFKA_OPTS',
    'KAFKA_HEAP_OPTS',
    'KAFKAJS_NO_PARTITIONER_WARNING',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'OTEL_TRACES_SAMPLER',
    'GRPC_VERBOSITY',
    'grpc_proxy',
    'NODE_OPTIONS',
    'NODE_ENV',
    'NODE_EXTRA_CA_CERTS',
    'LC_ALL',
    'LC_NUMERIC',
    'LANG',
  ])('leaves out %s', (name) => {
    expect(ownEnvironment({ [name]: 'x', PATH: '/bin' })).toEqual({ PATH: '/bin' });
  });

  it.each([
    'PATH',
    'HOME',
    'TMPDIR',
    'JAVA_HOME',
    'MAVEN_OPTS',
    'SEAMS_LABS',
    'LOG_LEVEL',
    'OTEL_SDK_DISABLED',
    'KUBECONFIG',
    'PAGER',
  ])('keeps %s', (name) => expect(ownEnvironment({ [name]: 'x' })).toEqual({ [name]: 'x' }));

  it('sets no proxy before loopback, and keeps whom the user excepted', () => {
    const { no_proxy, NO_PROXY, http_proxy } = ownEnvironment({ http_proxy: 'http://proxy:3128', no_proxy: '.corp' });
    expect([no_proxy, NO_PROXY, http_proxy]).toEqual([
      '.corp,127.0.0.1,localhost,::1',
      '127.0.0.1,localhost,::1',
      'http://proxy:3128',
    ]);
    expect(ownEnvironment({ no_proxy: '.corp' })).toEqual({ no_proxy: '.corp' });
  });
});
