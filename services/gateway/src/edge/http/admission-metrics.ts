import { measure, type Reading } from '@seams/telemetry';
import { type Counts, CRITICALITIES } from '../../admission/gate.ts';
import type { Admission } from './admission.ts';

export function measureAdmission({
  gate,
  customers,
  addresses,
  ended,
}: Pick<Admission, 'gate' | 'customers' | 'addresses' | 'ended'>): void {
  measure(
    {
      seams_gateway_in_flight: { kind: 'gauge', unit: '{request}', description: 'Requests that are worked on now.' },
      seams_gateway_admitted_requests: { kind: 'counter', unit: '{request}', description: 'Let in to be worked on.' },
      seams_gateway_ended_requests: { kind: 'counter', unit: '{request}', description: 'Of those, what has ended.' },
      seams_gateway_request_seconds: { kind: 'counter', unit: 's', description: 'What those took together.' },
      seams_gateway_shed_requests: {
        kind: 'counter',
        unit: '{request}',
        description: 'Refused because too much was in flight.',
      },
      seams_gateway_limited_requests: {
        kind: 'counter',
        unit: '{request}',
        description: 'Refused because one customer, or one address, asked too often.',
      },
      seams_gateway_buckets: { kind: 'gauge', unit: '{bucket}', description: 'Token buckets that are kept.' },
    },
    () => ({
      seams_gateway_in_flight: byCriticality(gate.inFlight),
      seams_gateway_admitted_requests: byCriticality(gate.admitted),
      seams_gateway_ended_requests: ended.requests,
      seams_gateway_request_seconds: ended.ms / 1_000,
      seams_gateway_shed_requests: byCriticality(gate.refused),
      seams_gateway_limited_requests: [
        { labels: { by: 'customer' }, value: customers.refused },
        { labels: { by: 'address' }, value: addresses.refused },
      ],
      seams_gateway_buckets: [
        { labels: { by: 'customer' }, value: customers.size },
        { labels: { by: 'address' }, value: addresses.size },
      ],
    }),
  );
}

const byCriticality = (counts: Counts): Reading =>
  CRITICALITIES.map((criticality) => ({ labels: { criticality }, value: counts[criticality] }));
