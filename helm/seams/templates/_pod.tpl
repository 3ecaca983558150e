{{/* What every pod of the chart has. dict "root" $ "component" "storage" "uid" 10001 */}}
{{- define "seams.podSecurity" -}}
{{- $own := index .root.Values.services .component | default dict -}}
serviceAccountName: {{ include "seams.name" (dict "root" .root "component" .component) }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .uid }}
  runAsGroup: {{ .uid }}
  fsGroup: {{ .uid }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .root.Values.scheduling.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.scheduling.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.affinity | default .root.Values.scheduling.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.priorityClassName | default .root.Values.scheduling.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{- define "seams.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end }}

{{/* Replicas of one component on different nodes, and zones. */}}
{{- define "seams.spread" -}}
topologySpreadConstraints:
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: {{ if eq . "kubernetes.io/hostname" }}{{ $.root.Values.scheduling.spread }}{{ else }}ScheduleAnyway{{ end }}
    labelSelector:
      matchLabels:
        {{- include "seams.selector" $ | nindent 8 }}
  {{- end }}
{{- end }}

{{/* For each container that runs Node. */}}
{{- define "seams.nodeEnv" -}}
{{- $facts := include "seams.facts" .root | fromJson }}
{{- range $name, $value := $facts.nodeEnv }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{/* A volume of its own for each replica of a StatefulSet. */}}
{{- define "seams.claim" -}}
- metadata:
    name: data
  spec:
    accessModes: [ReadWriteOnce]
    {{- with .storageClass }}
    storageClassName: {{ . }}
    {{- end }}
    resources:
      requests:
        storage: {{ .size }}
{{- end }}

{{/* A quantity as a number, for comparing. */}}
{{- define "seams.amount" -}}
{{- if kindIs "string" . -}}
{{- $unit := regexFind "[A-Za-z]+$" . -}}
{{- $times := dict "" 1.0 "m" 0.001 "M" 1e6 "G" 1e9 "T" 1e12 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 -}}
{{ mulf (trimSuffix $unit . | float64) (index $times $unit) | printf "%f" }}
{{- else -}}
{{ printf "%f" (float64 .) }}
{{- end -}}
{{- end }}
