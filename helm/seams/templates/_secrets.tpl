{{/*
What is generated, as JSON: { passwords, demo }, each a Secret's data. What the cluster holds already is kept. Made once for
a rendering and remembered in .Values, for two templates want the same.
*/}}
{{- define "seams.generated" -}}
{{- if not (hasKey .Values "generated") }}
{{- $root := . }}
{{- $passwords := dict }}
{{- $kept := (lookup "v1" "Secret" .Release.Namespace (include "seams.name" (dict "root" . "component" "postgres-passwords"))).data | default dict }}
{{- range include "seams.roles" . | fromJsonArray }}
{{- $_ := set $passwords . (index $kept . | default (randAlphaNum 32 | b64enc)) }}
{{- end }}
{{- $demo := dict }}
{{- $accounts := list }}
{{- $kept = (lookup "v1" "Secret" .Release.Namespace (include "seams.demoSecret" .)).data | default dict }}
{{- range (include "seams.facts" . | fromJson).demoAccounts }}
{{- $who := splitList "@" .email | first }}
{{- $password := index $kept (printf "%s-password" $who) | default (randAlphaNum 20 | b64enc) }}
{{- $accounts = append $accounts (merge (dict "password" ($password | b64dec)) .) }}
{{- $_ := set $demo (printf "%s-email" $who) (.email | b64enc) }}
{{- $_ := set $demo (printf "%s-password" $who) $password }}
{{- end }}
{{- $_ := set $demo "accounts.json" ($accounts | toJson | b64enc) }}
{{- $_ := set .Values "generated" (dict "passwords" $passwords "demo" $demo) }}
{{- end }}
{{- .Values.generated | toJson }}
{{- end }}

{{/* The hook before an upgrade comes before the Secrets of the release: it has copies of its own, with whatever is new in them. */}}
{{- define "seams.setUpCopy" -}}
{{ include "seams.name" (dict "root" .root "component" (printf "set-up-%s" .of)) }}
{{- end }}
