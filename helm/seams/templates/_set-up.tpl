{{/*
"yes" where the set-up Job is a hook before the upgrade: the stores that it needs are there already, because they are outside or their
StatefulSets run. Otherwise (an installation, a battery that never came up or is new, no cluster to look at) a hook would wait
for what only the upgrade brings, so the Job is a part of the release. Looked up once for a rendering.
*/}}
{{- define "seams.setUpIsHook" -}}
{{- if not (hasKey .Values "setUpIsHook") }}
{{- $hook := .Release.IsUpgrade }}
{{- range $battery := list "postgres" "kafka" }}
{{- if (index $.Values $battery).enabled }}
{{- $found := lookup "apps/v1" "StatefulSet" $.Release.Namespace (include "seams.name" (dict "root" $ "component" $battery)) | default dict }}
{{- $wanted := dig "spec" "replicas" 1 $found | int }}
{{- if le (mul 2 (dig "status" "readyReplicas" 0 $found | int)) $wanted }}{{ $hook = false }}{{ end }}
{{- end }}
{{- end }}
{{- $_ := set .Values "setUpIsHook" (ternary "yes" "no" $hook) }}
{{- end }}
{{- .Values.setUpIsHook }}
{{- end }}

{{/*
The Job's name as a part of the release. A Job cannot be changed, only made again: another version or other values, and with Helm
another revision, are another Job. `helm template | kubectl apply`, Argo CD and Flux make the new one beside the finished one.
*/}}
{{- define "seams.setUpJob" -}}
{{- $of := list (omit .Values "generatedData" "setUpIsHook") .Chart.Version .Chart.AppVersion .Release.Revision -}}
{{ include "seams.name" (dict "root" . "component" "set-up") }}-{{ $of | toJson | sha256sum | trunc 8 }}
{{- end }}
