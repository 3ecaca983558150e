{{/* Pods of these components as NetworkPolicyPeers. dict "root" $ "components" (list "storage") */}}
{{- define "seams.peers" -}}
{{- $root := .root -}}
{{- range $component := .components }}
- podSelector:
    matchLabels:
      {{- include "seams.selector" (dict "root" $root "component" $component) | nindent 6 }}
{{- end }}
{{- end }}

{{/* To the stores, to whoever takes traces, and to who tells of them. dict "root" $ "sql" true "kafka" true "traces" true "query" true */}}
{{- define "seams.storeEgress" -}}
{{- $root := .root -}}
{{- $facts := include "seams.facts" $root | fromJson -}}
{{- $external := $root.Values.networkPolicies.external -}}
{{- if .sql }}
{{- if $root.Values.postgres.enabled }}
- to:
    {{- include "seams.peers" (dict "root" $root "components" (list "postgres")) | trim | nindent 4 }}
  ports:
    - { protocol: TCP, port: 5432 }
{{- else if $external.postgres }}
- to:
    {{- toYaml $external.postgres | nindent 4 }}
  ports:
    - { protocol: TCP, port: {{ $root.Values.postgres.external.port }} }
{{- end }}
{{- end }}
{{- if .kafka }}
{{- if $root.Values.kafka.enabled }}
- to:
    {{- include "seams.peers" (dict "root" $root "components" (list "kafka")) | trim | nindent 4 }}
  ports:
    - { protocol: TCP, port: 9092 }
{{- else if $external.kafka }}
- to:
    {{- toYaml $external.kafka | nindent 4 }}
  ports:
    {{- range $root.Values.kafka.external.brokers | uniq }}
    {{- $port := splitList ":" . | last }}
    - { protocol: TCP, port: {{ $port }} }
    {{- end }}
{{- end }}
{{- end }}
{{- if and .query $root.Values.traces.enabled }}
- to:
    {{- include "seams.peers" (dict "root" $root "components" (list "jaeger")) | trim | nindent 4 }}
  ports:
    - { protocol: TCP, port: {{ $facts.traces.query }} }
{{- else if and .query $external.traces $root.Values.traces.external.queryUrl }}
- to:
    {{- toYaml $external.traces | nindent 4 }}
  ports:
    - { protocol: TCP, port: {{ include "seams.portOf" $root.Values.traces.external.queryUrl }} }
{{- end }}
{{- if .traces }}
{{- if $root.Values.traces.enabled }}
- to:
    {{- include "seams.peers" (dict "root" $root "components" (list "jaeger")) | trim | nindent 4 }}
  ports:
    - { protocol: TCP, port: {{ $facts.traces.otlp }} }
{{- else if $external.traces }}
- to:
    {{- toYaml $external.traces | nindent 4 }}
  ports:
    - { protocol: TCP, port: {{ include "seams.portOf" $root.Values.traces.external.otlpUrl }} }
{{- end }}
{{- end }}
{{- end }}

{{/* To the cluster's DNS. */}}
{{- define "seams.dnsEgress" -}}
{{- $dns := .Values.networkPolicies.dns -}}
- to:
    - namespaceSelector:
        matchLabels:
          {{- toYaml $dns.namespaceLabels | nindent 10 }}
      podSelector:
        matchLabels:
          {{- toYaml $dns.podLabels | nindent 10 }}
  ports:
    {{- range $dns.ports }}
    - { protocol: UDP, port: {{ . }} }
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
{{- end }}
