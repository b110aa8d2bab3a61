{{/*
The names of all groups, as a YAML list. One that is set to null is none; Helm takes it away itself only where the
chart's own values have it.
*/}}
{{- define "tutti.groups" -}}
{{- range $name, $group := .Values.workers }}
{{- if not (kindIs "invalid" $group) }}
- {{ $name | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* The components of all groups, as a YAML list. */}}
{{- define "tutti.workerComponents" -}}
{{- range $name := include "tutti.groups" . | fromYamlArray }}
- worker-{{ $name }}
{{- end }}
{{- end }}

{{/* "tutti.workerGroup" (list $ name): a group with what it does not set itself, or sets to null, taken from workerDefaults. */}}
{{- define "tutti.workerGroup" -}}
{{- $values := (index . 0).Values -}}
{{- $group := deepCopy $values.workerDefaults -}}
{{- range $name, $value := index $values.workers (index . 1) -}}
{{- if not (kindIs "invalid" $value) }}{{ $group = mergeOverwrite $group (dict $name $value) }}{{ end -}}
{{- end -}}
{{ toYaml $group }}
{{- end }}

{{/*
"tutti.workerPod" (list $ GROUP): the group's `pod:` with the time that a node which is out of reach gets. A holder that
still lives there can do no harm: its jobs' leases go to others.
*/}}
{{- define "tutti.workerPod" -}}
{{- $group := index . 1 }}
{{- $options := include "tutti.podOptions" (dict "root" (index . 0) "pod" $group.pod) | fromYaml }}
{{- $tolerations := $options.tolerations | default list }}
{{- range list "not-ready" "unreachable" }}
{{- $tolerations = append $tolerations (dict "key" (printf "node.kubernetes.io/%s" .) "operator" "Exists" "effect" "NoExecute" "tolerationSeconds" (int $group.lostNodeSeconds)) }}
{{- end }}
{{- set $group.pod "tolerations" $tolerations | toYaml }}
{{- end }}

{{/* Whether workers tell the cluster that they are busy: "true" or nothing. Only what is scaled loses single pods. */}}
{{- define "tutti.idleFirst" -}}
{{- if and .Values.autoscaling.idleFirst.enabled (ne .Values.autoscaling.mode "none") }}true{{ end }}
{{- end }}
