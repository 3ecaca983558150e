{{/* What each broker is given as files. A change of it restarts them, one by one. dict "root" $ */}}
{{- define "seams.kafkaFiles" -}}
{{- $root := .root }}
{{- $name := include "seams.name" (dict "root" $root "component" "kafka") }}
{{- $copies := min 3 (int $root.Values.kafka.replicas) }}
{{- $minInSync := max 1 (sub $copies 1) -}}
server.properties: |
  process.roles=broker,controller
  controller.quorum.voters={{ range $number := until (int $root.Values.kafka.replicas) }}{{ if $number }},{{ end }}{{ add1 $number }}@{{ $name }}-{{ $number }}.{{ $name }}:9093{{ end }}
  listeners=BROKER://:9092,CONTROLLER://:9093
  listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
  inter.broker.listener.name=BROKER
  controller.listener.names=CONTROLLER
  log.dirs=/var/lib/kafka/log
  auto.create.topics.enable=false
  # What is acknowledged is on {{ $minInSync }} of {{ $copies }} brokers.
  default.replication.factor={{ $copies }}
  min.insync.replicas={{ $minInSync }}
  unclean.leader.election.enable=false
  offsets.topic.num.partitions=4
  offsets.topic.replication.factor={{ $copies }}
  # A cluster that was off for a week must not forget what analytics has read (Kafka's default is 7 days).
  offsets.retention.minutes=525600
  transaction.state.log.num.partitions=4
  transaction.state.log.replication.factor={{ $copies }}
  transaction.state.log.min.isr={{ $minInSync }}
  share.coordinator.state.topic.num.partitions=1
  share.coordinator.state.topic.replication.factor={{ $copies }}
  share.coordinator.state.topic.min.isr={{ $minInSync }}
  group.initial.rebalance.delay.ms=0
  # A broker that was killed is known to be gone after 4 s, not 9; back, it need not wait long for its own old session.
  broker.session.timeout.ms=4000
  broker.heartbeat.interval.ms=1000
  num.network.threads=2
  num.io.threads=4
  num.partitions=1
  log.cleaner.dedupe.buffer.size=8388608
log4j2.properties: |
  status=warn
  appender.out.type=Console
  appender.out.name=out
  appender.out.layout.type=PatternLayout
  appender.out.layout.pattern=%d{ISO8601} %p %c{1} %m%n
  rootLogger.level=info
  rootLogger.appenderRef.out.ref=out
  logger.config.name=org.apache.kafka.common.config
  logger.config.level=warn
start.sh: |
  # The number at the end of the pod's name is the broker's, from 1 on. Formatting an old folder again changes nothing.
  set -eu
  number=$((${HOSTNAME##*-} + 1))
  {
    cat /etc/kafka-seams/server.properties
    echo "node.id=$number"
    echo "advertised.listeners=BROKER://$HOSTNAME.{{ $name }}:9092"
  } >/tmp/server.properties
  /opt/kafka/bin/kafka-storage.sh format --ignore-formatted --cluster-id={{ $root.Values.kafka.clusterId }} --config /tmp/server.properties
  exec /opt/kafka/bin/kafka-server-start.sh /tmp/server.properties
answers.sh: |
  # The smallest Kafka request (ApiVersions, version 0): the port is open long before the broker answers.
  exec 3<>/dev/tcp/127.0.0.1/9092
  printf '\0\0\0\012\0\022\0\0\0\0\0\001\377\377' >&3
  [ "$(head -c 8 <&3 | tail -c 1 | od -An -tu1 | tr -d ' ')" = 1 ]
{{- end }}
