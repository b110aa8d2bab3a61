{{/* Where PostgreSQL and Redis are. Where the release runs its own, `external` says nothing but a port: a check sees to that. */}}

{{/* A host as it stands in a URL: an address of IPv6 in brackets. */}}
{{- define "tutti.urlHost" -}}
{{ contains ":" . | ternary (printf "[%s]" .) . }}
{{- end }}

{{/* A name as it stands in a URL before its host, where a + is no space. */}}
{{- define "tutti.urlUser" -}}
{{ urlquery . | replace "+" "%20" }}
{{- end }}

{{- define "tutti.postgresqlHost" -}}
{{ .Values.postgresql.enabled | ternary (printf "%s-postgresql" (include "tutti.fullname" .)) .Values.postgresql.external.host }}
{{- end }}

{{- define "tutti.postgresqlPort" -}}
{{ .Values.postgresql.enabled | ternary 5432 .Values.postgresql.external.port | int }}
{{- end }}

{{- define "tutti.databaseUrl" -}}
{{- $options := .Values.postgresql.external.options | default dict -}}
postgresql+psycopg2://{{ include "tutti.urlUser" .Values.postgresql.user }}@{{ include "tutti.postgresqlHost" . | include "tutti.urlHost" }}:{{ include "tutti.postgresqlPort" . }}/{{ .Values.postgresql.database }}
{{- range $index, $name := keys $options | sortAlpha }}{{ $index | eq 0 | ternary "?" "&" }}{{ $name }}={{ index $options $name | urlquery }}{{ end }}
{{- end }}

{{- define "tutti.redisHost" -}}
{{ .Values.redis.enabled | ternary (printf "%s-redis" (include "tutti.fullname" .)) .Values.redis.external.host }}
{{- end }}

{{- define "tutti.redisPort" -}}
{{ .Values.redis.enabled | ternary 6379 .Values.redis.external.port | int }}
{{- end }}

{{- define "tutti.brokerUrl" -}}
{{- $tls := .Values.redis.external.tls | default false -}}
{{ $tls | ternary "rediss" "redis" }}://{{ with .Values.redis.external.user }}{{ include "tutti.urlUser" . }}@{{ end }}{{ include "tutti.redisHost" . | include "tutti.urlHost" }}:{{ include "tutti.redisPort" . }}/{{ int .Values.redis.external.database }}{{ if $tls }}?ssl_cert_reqs=required{{ with .Values.redis.external.caFile }}&ssl_ca_certs={{ urlquery . }}{{ end }}{{ end }}
{{- end }}

{{/* "tutti.volumeClaims" (list $ "redis"): the claim of a store's data. Its labels can't change, so they name no version. */}}
{{- define "tutti.volumeClaims" -}}
- apiVersion: v1
  kind: PersistentVolumeClaim
  metadata:
    name: data
    labels: {{- include "tutti.selector" $ | nindent 6 }}
  spec: {{- include "tutti.volumeClaimSpec" (index (index . 0).Values (index . 1)).persistence | nindent 4 }}
{{- end }}

{{/* What a component's `persistence:` asks for. */}}
{{- define "tutti.volumeClaimSpec" -}}
accessModes: [ReadWriteOnce]
{{- with .storageClass }}
storageClassName: {{ . | quote }}
{{- end }}
resources: {requests: {storage: {{ .size | quote }}}}
{{- end }}
