{{/* Names and labels. Every name ends in the component's, and stays below the 52 characters that a StatefulSet may have. */}}

{{- define "tutti.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 30 | trimSuffix "-" }}
{{- end }}

{{- define "tutti.fullname" -}}
{{- $name := include "tutti.name" . }}
{{- $full := .Values.fullnameOverride | default (contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name)) }}
{{- /* a name that is cut gets a digest, so that two long release names with the same beginning stay apart */}}
{{- gt (len $full) 36 | ternary (printf "%s-%s" ($full | trunc 29 | trimSuffix "-") (sha256sum $full | trunc 6)) $full }}
{{- end }}

{{/* "tutti.labels" (list $ component) */}}
{{- define "tutti.labels" -}}
{{- $root := index . 0 }}
{{- include "tutti.selector" . }}
app.kubernetes.io/version: {{ regexReplaceAll "^[^A-Za-z0-9]+|[^A-Za-z0-9]+$" ($root.Values.image.tag | default $root.Chart.AppVersion | trunc 63) "" | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
app.kubernetes.io/part-of: tutti
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 }}
{{- end }}

{{/* Labels of the pods of PostgreSQL and Redis: no version of Tutti or of its chart, of which each would make new pods. */}}
{{- define "tutti.storeLabels" -}}
{{- include "tutti.selector" . }}
app.kubernetes.io/part-of: tutti
{{- end }}

{{- define "tutti.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ include "tutti.name" $root | quote }}
app.kubernetes.io/instance: {{ $root.Release.Name | quote }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* "tutti.image" IMAGE DEFAULT-TAG as (list image tag): a digest wins over a tag */}}
{{- define "tutti.image" -}}
{{- $image := index . 0 -}}
{{ $image.repository }}{{ with $image.digest }}@{{ . }}{{ else }}:{{ $image.tag | default (index . 1) }}{{ end }}
{{- end }}

{{/* A number of the values as it was written: Helm reads large ones as 1e+06. */}}
{{- define "tutti.scalar" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ int64 . }}{{ else }}{{ . }}{{ end }}
{{- end }}
