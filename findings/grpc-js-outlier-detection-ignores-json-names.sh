#!/usr/bin/env bash
# @grpc/grpc-js 1.14.7: a service config's outlier detection written in the JSON names of gRFC A50 (camelCase) is accepted and ignored.
#
# Most engineers guess: a service config is JSON of a protobuf message, so "baseEjectionTime" and "failurePercentageEjection" are its names (the other
# keys of a service config, methodConfig, retryPolicy, maxAttempts, are camelCase here too); and an unknown key is refused. Seen: with camelCase keys
# the policy is built with its defaults and no ejection at all, and no error or log line says so; snake_case keys with Duration objects are obeyed.
set -euo pipefail
top=$(mktemp -d); trap 'rm -rf "$top"' EXIT; cd "$top"
npm install --silent --no-audit --no-fund --ignore-scripts @grpc/grpc-js@1.14.7
cat >try.cjs <<'JS'
const { experimental } = require('@grpc/grpc-js');
const parse = (body) => experimental.parseLoadBalancingConfig({ outlier_detection: body }).toJsonObject().outlier_detection;
const child = [{ round_robin: {} }];
const camel = parse({ baseEjectionTime: '7s', failurePercentageEjection: { threshold: 50 }, childPolicy: child, child_policy: child });
const snake = parse({ base_ejection_time: { seconds: 7, nanos: 0 }, failure_percentage_ejection: { threshold: 50 }, child_policy: child });
const seen = (config) => JSON.stringify({ base_ejection_time: config.base_ejection_time, failure_percentage_ejection: config.failure_percentage_ejection?.threshold ?? null });
console.log(`camelCase:  ${seen(camel)}\nsnake_case: ${seen(snake)}`);
process.exit(!camel.failure_percentage_ejection && snake.failure_percentage_ejection?.threshold === 50 ? 0 : 1);
JS
node try.cjs
