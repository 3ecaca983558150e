{{/*
What is generated, as JSON: { passwords, demo }, each a Secret's data. What the cluster holds already is kept; otherwise it is
derived from passwords.seed, which gives every rendering the same, or random. Made once for a rendering and remembered in .Values,
because two templates want the same.
*/}}
{{- define "seams.generated" -}}
{{- if not (hasKey .Values "generatedData") }}
{{- $root := . }}
{{- $passwords := dict }}
{{- $kept := (lookup "v1" "Secret" .Release.Namespace (include "seams.name" (dict "root" . "component" "postgres-passwords"))).data | default dict }}
{{- range include "seams.roles" . | fromJsonArray }}
{{- $_ := set $passwords . (index $kept . | default (include "seams.newPassword" (dict "root" $root "of" . "length" 32) | b64enc)) }}
{{- end }}
{{- $demo := dict }}
{{- $accounts := list }}
{{- $kept = (lookup "v1" "Secret" .Release.Namespace (include "seams.demoSecret" .)).data | default dict }}
{{- range (include "seams.facts" . | fromJson).demoAccounts }}
{{- $who := splitList "@" .email | first }}
{{- $password := index $kept (printf "%s-password" $who) | default (include "seams.newPassword" (dict "root" $root "of" .email "length" 20) | b64enc) }}
{{- $accounts = append $accounts (merge (dict "password" ($password | b64dec)) .) }}
{{- $_ := set $demo (printf "%s-email" $who) (.email | b64enc) }}
{{- $_ := set $demo (printf "%s-password" $who) $password }}
{{- end }}
{{- $_ := set $demo "accounts.json" ($accounts | toJson | b64enc) }}
{{- $_ := set .Values "generatedData" (dict "passwords" $passwords "demo" $demo) }}
{{- end }}
{{- .Values.generatedData | toJson }}
{{- end }}

{{/* Letters and digits. dict "root" $ "of" "storage" "length" 32 */}}
{{- define "seams.newPassword" -}}
{{- with .root.Values.passwords.seed -}}
{{ printf "%s\n%s/%s\n%s" . $.root.Release.Namespace $.root.Release.Name $.of | sha256sum | trunc $.length }}
{{- else -}}
{{ randAlphaNum .length }}
{{- end -}}
{{- end }}

{{/* "yes" where there is a cluster to ask: `helm template` has none. A list is an object, even an empty one. */}}
{{- define "seams.seesCluster" -}}
{{ if lookup "v1" "Secret" .Release.Namespace "" }}yes{{ end }}
{{- end }}

{{/* The hook before an upgrade comes before the Secrets of the release: it has copies of its own, with whatever is new in them. */}}
{{- define "seams.setUpCopy" -}}
{{ include "seams.name" (dict "root" .root "component" (printf "set-up-%s" .of)) }}
{{- end }}
