{{/* Passwords: where they are, and those that the chart makes itself. */}}

{{/* "tutti.secretOf" (list $ "redis"): name/key of the Secret with that password; of postgresql, redis, flower, demand. */}}
{{- define "tutti.secretOf" -}}
{{- $values := (index . 0).Values }}
{{- $existing := dict "postgresql" $values.postgresql.existingSecret "redis" $values.redis.existingSecret "flower" $values.flower.existingSecret "demand" $values.autoscaling.keda.existingSecret }}
{{- $chosen := index $existing (index . 1) }}
{{- if $chosen.name }}{{ $chosen.name }}/{{ $chosen.key }}{{ else }}{{ include "tutti.fullname" (index . 0) }}-secrets/{{ index . 1 }}-password{{ end }}
{{- end }}

{{/* What a variable has that password from. */}}
{{- define "tutti.secretRef" -}}
{{- $place := include "tutti.secretOf" . | splitList "/" -}}
{secretKeyRef: {name: {{ index $place 0 | quote }}, key: {{ index $place 1 | quote }}}}
{{- end }}

{{/* An environment variable with that password. */}}
{{- define "tutti.secretEnv" -}}
{{- $names := dict "postgresql" "TUTTI_DATABASE_PASSWORD" "redis" "TUTTI_BROKER_PASSWORD" "flower" "TUTTI_FLOWER_PASSWORD" "demand" "TUTTI_DEMAND_PASSWORD" }}
- name: {{ index $names (index . 1) }}
  valueFrom: {{ include "tutti.secretRef" . }}
{{- end }}

{{/* A volume with a file for each user of the API. No checksum goes with it: the API reads it again when it changes. */}}
{{- define "tutti.usersVolume" -}}
- name: users
  secret: {secretName: {{ .Values.api.usersSecret | quote }}, defaultMode: 0440}
{{- end }}

{{/* Whose passwords somebody asks for, as a YAML list: one that nobody needs would be another in each rendering. */}}
{{- define "tutti.secretsInUse" -}}
{{- $scaling := .Values.autoscaling }}
- postgresql
- redis
{{- if .Values.flower.enabled }}
- flower
{{- end }}
{{- if and (eq $scaling.mode "keda") (eq $scaling.source "jobs") }}
- demand
{{- end }}
{{- end }}

{{/*
The data of the chart's own Secret: what the cluster has stays, what is missing is made. Two calls in one rendering must
give the same, so the first one's answer is kept beside the values.
*/}}
{{- define "tutti.generatedSecret" -}}
{{- if not (hasKey .Values "generatedSecret") }}
{{- $name := printf "%s-secrets" (include "tutti.fullname" .) }}
{{- $data := (lookup "v1" "Secret" .Release.Namespace $name).data | default dict }}
{{- range $of := include "tutti.secretsInUse" . | fromYamlArray }}
{{- $key := printf "%s-password" $of }}
{{- if and (hasPrefix (printf "%s/" $name) (include "tutti.secretOf" (list $ $of))) (not (hasKey $data $key)) }}
{{- $_ := set $data $key (randAlphaNum 32 | b64enc) }}
{{- end }}
{{- end }}
{{- $_ := set .Values "generatedSecret" $data }}
{{- end }}
{{- .Values.generatedSecret | toYaml }}
{{- end }}

{{/* A digest of that password as the cluster has it now: one that changed makes new pods at the next upgrade. */}}
{{- define "tutti.secretSum" -}}
{{- $root := index . 0 }}
{{- $place := include "tutti.secretOf" . | splitList "/" }}
{{- $data := include "tutti.generatedSecret" $root | fromYaml }}
{{- if ne (index $place 0) (printf "%s-secrets" (include "tutti.fullname" $root)) }}
{{- $data = (lookup "v1" "Secret" $root.Release.Namespace (index $place 0)).data | default dict }}
{{- end }}
{{- index $data (index $place 1) | default "" | sha256sum }}
{{- end }}
