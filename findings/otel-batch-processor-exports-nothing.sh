#!/usr/bin/env bash
# @opentelemetry/sdk-trace 3.1.0: `new BatchSpanProcessor(exporter)`, right for years (sdk-trace-base 1 and 2), constructs and then exports nothing.
#
# Most engineers guess: an upgrade that changes a constructor throws, or warns, when it is called the old way. Seen: version 3 takes
# `{ exporter }`; given the exporter itself it constructs and accepts spans. The only sign is a TypeError ("reading 'export'") at export time: a
# service that never calls forceFlush() sends it to OpenTelemetry's diag logger, which is silent by default.
set -euo pipefail
top=$(mktemp -d); trap 'rm -rf "$top"' EXIT; cd "$top"
npm install --silent --no-audit --no-fund --ignore-scripts @opentelemetry/sdk-trace@3.1.0 @opentelemetry/api@1.10.0
cat >try.mjs <<'JS'
import { BatchSpanProcessor, InMemorySpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
const exported = async (make) => {
  const exporter = new InMemorySpanExporter();
  let seen = 'no error';
  try {
    const provider = new TracerProvider({ spanProcessors: [make(exporter)] });
    provider.getTracer('t').startSpan('s').end();
    await provider.forceFlush();
  } catch (error) { seen = `forceFlush rejects: ${[error].flat(2).map(String)}`; }
  return `${exporter.getFinishedSpans().length} span(s), ${seen}`;
};
const old = await exported((exporter) => new BatchSpanProcessor(exporter));
const now = await exported((exporter) => new BatchSpanProcessor({ exporter }));
console.log(`new BatchSpanProcessor(exporter): ${old}; new BatchSpanProcessor({ exporter }): ${now}`);
process.exit(/^0 span.*reading 'export'/.test(old) && now === '1 span(s), no error' ? 0 : 1);
JS
node try.mjs
