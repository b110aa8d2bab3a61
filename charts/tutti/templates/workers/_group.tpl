{{/* The components of all groups, as a YAML list. */}}
{{- define "tutti.workerComponents" -}}
{{- range $name, $_ := .Values.workers }}
- worker-{{ $name }}
{{- end }}
{{- end }}

{{/* "tutti.workerGroup" (list $ name): a group with what it does not set itself taken from workerDefaults. */}}
{{- define "tutti.workerGroup" -}}
{{- $values := (index . 0).Values -}}
{{ mergeOverwrite (deepCopy $values.workerDefaults) (index $values.workers (index . 1) | default dict) | toYaml }}
{{- end }}

{{/* Whether workers tell the cluster that they are busy: "true" or nothing. Only what is scaled loses single pods. */}}
{{- define "tutti.idleFirst" -}}
{{- if and .Values.autoscaling.idleFirst.enabled (ne .Values.autoscaling.mode "none") }}true{{ end }}
{{- end }}
