/** The ideas that this system is there to show, by their numbers, and the fallacies that some of them disprove. */
export const ideas: Readonly<Record<number, string>> = {
  1: 'Three endings of one request: done, lost on the way, done but the reply is lost',
  2: 'Lost update: two read 5, both write 4',
  3: 'Messages are lost, delayed, doubled and overtaken',
  4: 'Partial failure: parts fail alone',
  5: 'Fault is not failure',
  6: 'Timeouts and deadlines',
  7: 'Circuit breakers and bulkheads',
  8: 'Retries and retry storms',
  9: 'A queue absorbs a spike: store and forward',
  10: 'A distributed task queue, whose workers may crash',
  11: 'Replication: a node comes back with old data',
  12: 'Sharding, and two meanings of "partition"',
  13: 'CAP: under a network partition, consistency or availability',
  14: 'Consensus, leader election, failure detection',
  15: 'Many clocks, no "now"',
  16: 'No global order without extra machinery',
  17: 'Concurrency and statelessness: any replica answers any request',
  18: 'Scaling, and latency against throughput',
  19: 'Transparency: location, replication and failure are hidden',
  20: 'Debugging is correlating events across nodes, logs and services',
  21: 'Chat: a message in chunks, delivered once and in order, also to who was offline',
  22: 'Cafés with a machine each: the others go on when one is cut off',
  23: 'One machine is right while it suffices: the price of distribution',
};

export const fallacies = [
  'the network is reliable',
  'latency is zero',
  'bandwidth is infinite',
  'the network is secure',
  'topology does not change',
  'there is one administrator',
  'transport cost is zero',
  'the network is homogeneous',
] as const;
export type Fallacy = (typeof fallacies)[number];
