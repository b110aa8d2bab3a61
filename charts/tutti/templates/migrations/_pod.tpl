{{/*
The pod that brings the tables up to date. Where KEDA scales, it then lets KEDA's role read how many jobs there are: one
step after the other, so the first one is an init container.
*/}}
{{- define "tutti.migrationPod" -}}
metadata: {{- include "tutti.podMetadata" . | nindent 2 }}
spec:
  {{- include "tutti.podSpec" . | nindent 2 }}
  restartPolicy: OnFailure
  {{- if has "demand" .secrets }}
  initContainers: {{- include "tutti.migrationStep" (merge (dict "step" "migrations") .) | nindent 4 }}
  containers: {{- include "tutti.migrationStep" (merge (dict "step" "demand-role") .) | nindent 4 }}
  {{- else }}
  containers: {{- include "tutti.migrationStep" (merge (dict "step" "migrations") .) | nindent 4 }}
  {{- end }}
  volumes: {{- include "tutti.volumes" . | nindent 4 }}
{{- end }}

{{- define "tutti.migrationStep" -}}
- name: {{ .step }}
  {{- include "tutti.container" . | nindent 2 }}
  args: [db, {{ eq .step "migrations" | ternary (printf "upgrade, --wait, %q" (toString .root.Values.migrations.waitSeconds)) "demand-role" }}]
  volumeMounts: {{- include "tutti.volumeMounts" . | nindent 4 }}
  resources: {{- toYaml .root.Values.migrations.resources | nindent 4 }}
{{- end }}
