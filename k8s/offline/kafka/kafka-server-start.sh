#!/bin/sh
# Stands in for apache/kafka's script of this name: the same variables, without its defaults for garbage collection logs.
exec /opt/java/bin/java ${KAFKA_HEAP_OPTS:--Xmx256m} ${KAFKA_JVM_PERFORMANCE_OPTS:-} ${KAFKA_OPTS:-} \
  ${KAFKA_LOG4J_OPTS:--Dlog4j2.configurationFile=file:/opt/kafka/config/log4j2.properties} \
  -cp '/opt/kafka/libs/*' kafka.Kafka "$@"
