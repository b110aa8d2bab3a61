{{/* "tutti.workerGroup" (list $ name): a group with what it does not set itself taken from workerDefaults. */}}
{{- define "tutti.workerGroup" -}}
{{- $values := (index . 0).Values -}}
{{ mergeOverwrite (deepCopy $values.workerDefaults) (index $values.workers (index . 1) | default dict) | toYaml }}
{{- end }}
