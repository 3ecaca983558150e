{{/*
The environment of one workload: what the chart gives, each variable once. services.<name>.env comes instead of a variable of the
same name; it comes last, so that $(NAME) in it may name any other. dict "root" $ "component" "storage" "workload" {…}
*/}}
{{- define "seams.workloadEnv" -}}
{{- $own := (index .root.Values.services .component).env | default dict -}}
{{- range include "seams.givenEnv" . | fromYamlArray }}
{{- if not (hasKey $own .name) }}
- {{ toYaml . | nindent 2 | trim }}
{{- end }}
{{- end }}
{{- range $variable, $value := $own }}
- name: {{ $variable }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "seams.givenEnv" -}}
{{- $root := .root }}
{{- $component := .component }}
{{- $workload := .workload }}
{{- $facts := include "seams.facts" $root | fromJson }}
{{- $values := index $root.Values.services $component }}
- name: SEAMS_PROCESS
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: HOST
  value: 0.0.0.0
{{- if $workload.traces }}
- name: OTLP_URL
  value: {{ include "seams.otlpUrl" $root }}
- name: SEAMS_LABS
  value: {{ $root.Values.labs | quote }}
- name: LOG_LEVEL
  value: {{ $root.Values.logLevel }}
{{- end }}
{{- range $workload.postgres }}
{{- include "seams.postgresEnv" (merge (dict "root" $root) .) | nindent 0 }}
{{- end }}
{{- if $workload.kafka }}
- name: KAFKA_BROKERS
  value: {{ include "seams.brokers" $root }}
{{- end }}
{{- if eq $component $facts.entry.service }}
- name: TRUST_FORWARDED_FOR
  value: {{ ternary "on" "off" $root.Values.entry.trustForwardedFor | quote }}
{{- with include "seams.tracesUrl" $root }}
- name: TRACES_URL
  value: {{ . }}
{{- end }}
{{- end }}
{{- if eq $component "auditor" }}
- name: API_URL
  value: {{ include "seams.entryUrl" $root }}
{{- $operator := $values.existingSecret | default (include "seams.demoSecret" $root) }}
{{- range $variable, $key := dict "OPERATOR_EMAIL" "email" "OPERATOR_PASSWORD" "password" }}
- name: {{ $variable }}
  valueFrom:
    secretKeyRef:
      name: {{ $operator }}
      key: {{ ternary $key (printf "operator-%s" $key) (ne $values.existingSecret "") }}
{{- end }}
{{- end }}
{{- /* Asked of DNS every second, by its full name: what asks knows no search list. */}}
{{- range $workload.calls }}
{{- $callee := index $facts.workloads . }}
{{- if $callee.ports.grpc }}
- name: {{ . | upper | replace "-" "_" }}_TARGET
  value: headless:{{ include "seams.name" (dict "root" $root "component" .) }}.{{ $root.Release.Namespace }}.svc.{{ $root.Values.clusterDomain }}:{{ $callee.ports.grpc }}
{{- else if and (eq . "auditor") $root.Values.services.auditor.enabled }}
- name: AUDITOR_URL
  value: http://{{ include "seams.name" (dict "root" $root "component" .) }}:{{ $callee.ports.http }}
{{- end }}
{{- end }}
{{- range $variable, $value := $workload.env }}
- name: {{ $variable }}
  value: {{ $value | quote }}
{{- end }}
{{- include "seams.nodeEnv" (dict "root" $root) | trim | nindent 0 }}
{{- if hasSuffix ".ts" (last $workload.command) }}
{{- /* Types are stripped once, not in each audit. */}}
- name: NODE_COMPILE_CACHE
  value: /tmp/node
{{- end }}
{{- end }}
