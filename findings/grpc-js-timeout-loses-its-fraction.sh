#!/usr/bin/env bash
# @grpc/grpc-js 1.14.7: `timeout: "1.5s"` of a service config ends a call after 1.0 s.
#
# Most engineers guess: 1.5 s. The string is the JSON form of a protobuf Duration, the form that gRFC A2 and the service config's
# schema use, so a fraction is valid. Seen: the call ends with DEADLINE_EXCEEDED after 1.0 s; as an object,
# {seconds: 1, nanos: 500000000}, after 1.5 s.
set -euo pipefail
top=$(mktemp -d); trap 'rm -rf "$top"' EXIT; cd "$top"
npm install --silent --no-audit --no-fund --ignore-scripts @grpc/grpc-js@1.14.7
cat >try.cjs <<'JS'
const grpc = require('@grpc/grpc-js');
const bytes = { requestSerialize: (b) => b, requestDeserialize: (b) => b, responseSerialize: (b) => b, responseDeserialize: (b) => b };
const method = { path: '/a.A/Slow', requestStream: false, responseStream: false, ...bytes };
const server = new grpc.Server();
server.addService({ Slow: method }, { Slow: () => {} }); // it never answers
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), async (_, port) => {
  const waited = async (timeout) => {
    const config = JSON.stringify({ loadBalancingConfig: [], methodConfig: [{ name: [{ service: 'a.A' }], timeout }] });
    const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), { 'grpc.service_config': config });
    await new Promise((done) => client.waitForReady(Date.now() + 5000, done));
    const began = performance.now();
    const code = await new Promise((done) => client.makeUnaryRequest(method.path, (b) => b, (b) => b, Buffer.alloc(0), (error) => done(error.code)));
    client.close();
    return { code: grpc.status[code], seconds: Math.round((performance.now() - began) / 100) / 10 };
  };
  const text = await waited('1.5s');
  const object = await waited({ seconds: 1, nanos: 500_000_000 });
  console.log(`timeout "1.5s": ${text.code} after ${text.seconds} s; {seconds: 1, nanos: 500000000}: ${object.code} after ${object.seconds} s`);
  process.exit(text.seconds < 1.3 && object.seconds >= 1.5 ? 0 : 1);
});
JS
node try.cjs
