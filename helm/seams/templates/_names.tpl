{{/* What the chart knows of the system: topology.json, made from topology.ts. */}}
{{- define "seams.facts" -}}
{{ .Files.Get "topology.json" }}
{{- end }}

{{/* The workloads that are installed, by name, as JSON: the auditor may be left out. */}}
{{- define "seams.workloads" -}}
{{- $facts := include "seams.facts" . | fromJson }}
{{- $workloads := $facts.workloads }}
{{- if not .Values.services.auditor.enabled }}{{ $workloads = omit $workloads "auditor" }}{{ end }}
{{- $workloads | toJson }}
{{- end }}

{{/*
What each name begins with: the release's name where that makes a valid name of a Service (a DNS-1035 label of 63) and of a
StatefulSet (52, because its pods carry it with a hash in a label). Otherwise a shortened form, with a hash that keeps it unique.
*/}}
{{- define "seams.prefix" -}}
{{- $name := .Release.Name -}}
{{- if and (le (len $name) 43) (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $name) -}}
{{ $name }}
{{- else -}}
{{- $label := regexReplaceAll "[^-a-z0-9]" ($name | lower) "-" -}}
{{- if regexMatch "^[^a-z]" $label }}{{ $label = printf "s-%s" $label }}{{ end -}}
{{ printf "%s-%s" ($label | trunc 36 | trimSuffix "-") ($name | sha256sum | trunc 6) }}
{{- end -}}
{{- end }}

{{/* dict "root" $ "component" "storage" */}}
{{- define "seams.name" -}}
{{ printf "%s-%s" (include "seams.prefix" .root) .component }}
{{- end }}

{{/* A version as a label's value and an image's tag take it: build metadata (0.1.0+abc123) has a "+", which neither allows. */}}
{{- define "seams.labelValue" -}}
{{ . | replace "+" "_" | trunc 63 | trimAll "-_." }}
{{- end }}

{{- define "seams.selector" -}}
app.kubernetes.io/name: seams
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "seams.labels" -}}
{{ include "seams.selector" . }}
app.kubernetes.io/part-of: seams
app.kubernetes.io/version: {{ include "seams.labelValue" .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ include "seams.labelValue" (printf "%s-%s" .root.Chart.Name .root.Chart.Version) }}
{{- end }}

{{/* No versions: a new chart alone should not restart a broker. */}}
{{- define "seams.podLabels" -}}
{{ include "seams.selector" . }}
app.kubernetes.io/part-of: seams
{{- end }}

{{/* dict "root" $ "image" "gateway" */}}
{{- define "seams.image" -}}
{{- $image := .root.Values.image -}}
{{- with $image.registry }}{{ trimSuffix "/" . }}/{{ end }}seams/{{ .image }}:{{ $image.tag | default (.root.Chart.AppVersion | replace "+" "_") }}
{{- end }}

{{/* The Secret and key that hold a role's password, as the body of secretKeyRef. dict "root" $ "role" "storage"; "setUp" true for the Job */}}
{{- define "seams.passwordOf" -}}
{{- $postgres := .root.Values.postgres -}}
{{- if and .setUp (eq (include "seams.setUpIsHook" .root) "yes") (not $postgres.existingSecret) -}}
name: {{ include "seams.setUpCopy" (dict "root" .root "of" "passwords") }}
key: {{ .role }}
{{- else if $postgres.secretPerRole -}}
name: {{ $postgres.existingSecret }}-{{ .role | replace "_" "-" }}
key: password
{{- else -}}
name: {{ $postgres.existingSecret | default (include "seams.name" (dict "root" .root "component" "postgres-passwords")) }}
key: {{ .role }}
{{- end }}
{{- end }}

{{- define "seams.postgresHost" -}}
{{- if .Values.postgres.enabled }}{{ include "seams.name" (dict "root" . "component" "postgres") }}{{ else }}{{ .Values.postgres.external.host }}{{ end }}
{{- end }}

{{- define "seams.postgresPort" -}}
{{- if .Values.postgres.enabled }}5432{{ else }}{{ .Values.postgres.external.port }}{{ end }}
{{- end }}

{{/* Behind each URL: options, sslmode and where the CA is. The battery speaks no TLS: its network policy is what guards it. */}}
{{- define "seams.postgresParameters" -}}
{{- if not .Values.postgres.enabled -}}
{{- with .Values.postgres.external -}}
{{ .options | default "?" }}{{ if .options }}&{{ end }}sslmode={{ .tls.mode }}{{ if or .tls.caSecret .tls.caConfigMap }}&sslrootcert={{ include "seams.postgresCaFolder" $ }}/ca.crt{{ end }}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "seams.postgresCaFolder" -}}
/etc/seams/postgres
{{- end }}

{{- define "seams.hasPostgresCa" -}}
{{- with .Values.postgres }}{{ if and (not .enabled) (or .external.tls.caSecret .external.tls.caConfigMap) }}yes{{ end }}{{ end }}
{{- end }}

{{/* Nothing where no CA is named. */}}
{{- define "seams.postgresCaVolume" -}}
{{- if include "seams.hasPostgresCa" . }}
{{- with .Values.postgres.external.tls }}
- name: postgres-ca
  {{- if .caSecret }}
  secret:
    secretName: {{ .caSecret }}
    defaultMode: 0440
  {{- else }}
  configMap:
    name: {{ .caConfigMap }}
  {{- end }}
    items:
      - key: {{ .caKey }}
        path: ca.crt
{{- end }}
{{- end }}
{{- end }}

{{- define "seams.postgresCaMount" -}}
{{- if include "seams.hasPostgresCa" . }}
- name: postgres-ca
  mountPath: {{ include "seams.postgresCaFolder" . }}
  readOnly: true
{{- end }}
{{- end }}

{{/* Name, password and URL of one connection. dict "root" $ "variable" "POSTGRES_URL" "role" "storage" "database" "storage" */}}
{{- define "seams.postgresEnv" -}}
- name: {{ .variable }}_PASSWORD
  valueFrom:
    secretKeyRef:
      {{- include "seams.passwordOf" . | nindent 6 }}
- name: {{ .variable }}
  value: {{ printf "postgres://%s@%s:%s/%s%s" .role (include "seams.postgresHost" .root) (include "seams.postgresPort" .root) .database (include "seams.postgresParameters" .root) | quote }}
{{- end }}

{{/* Each broker by its own name, so that one that is away does not hide the others. */}}
{{- define "seams.brokers" -}}
{{- if .Values.kafka.enabled -}}
{{- $name := include "seams.name" (dict "root" . "component" "kafka") -}}
{{- range $number := until (int .Values.kafka.replicas) }}{{ if $number }},{{ end }}{{ $name }}-{{ $number }}.{{ $name }}:9092{{ end }}
{{- else -}}
{{ join "," .Values.kafka.external.brokers }}
{{- end }}
{{- end }}

{{- define "seams.otlpUrl" -}}
{{- $facts := include "seams.facts" . | fromJson -}}
{{- if .Values.traces.enabled }}http://{{ include "seams.name" (dict "root" . "component" "jaeger") }}:{{ $facts.traces.otlp }}{{ else }}{{ .Values.traces.external.otlpUrl }}{{ end }}
{{- end }}

{{/* Jaeger's query API; empty where nobody said. */}}
{{- define "seams.tracesUrl" -}}
{{- $facts := include "seams.facts" . | fromJson -}}
{{- if .Values.traces.enabled }}http://{{ include "seams.name" (dict "root" . "component" "jaeger") }}:{{ $facts.traces.query }}{{ else }}{{ .Values.traces.external.queryUrl }}{{ end }}
{{- end }}

{{/* A URL's port: what it says, or that of its scheme. */}}
{{- define "seams.portOf" -}}
{{- $url := urlParse . -}}
{{- if regexMatch ":[0-9]+$" $url.host }}{{ regexFind "[0-9]+$" $url.host }}{{ else if eq $url.scheme "https" }}443{{ else }}80{{ end }}
{{- end }}

{{- define "seams.entryUrl" -}}
{{- $facts := include "seams.facts" . | fromJson -}}
http://{{ include "seams.name" (dict "root" . "component" $facts.entry.service) }}:{{ $facts.entry.port }}
{{- end }}

{{- define "seams.demoSecret" -}}
{{ .Values.demo.existingSecret | default (include "seams.name" (dict "root" . "component" "demo-accounts")) }}
{{- end }}

{{/* Every role of Postgres, as JSON. */}}
{{- define "seams.roles" -}}
{{- $facts := include "seams.facts" . | fromJson -}}
{{- $roles := list $facts.postgres.superuser $facts.postgres.auditor -}}
{{- range $facts.postgres.databases }}{{ $roles = concat $roles (list . (printf "%s_owner" .)) }}{{ end -}}
{{- $roles | toJson -}}
{{- end }}
