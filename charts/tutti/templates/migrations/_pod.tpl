{{- define "tutti.migrationPod" -}}
metadata: {{- include "tutti.podMetadata" . | nindent 2 }}
spec:
  {{- include "tutti.podSpec" . | nindent 2 }}
  restartPolicy: OnFailure
  containers:
    - name: migrations
      {{- include "tutti.container" . | nindent 6 }}
      args: [db, upgrade, --wait, {{ .root.Values.migrations.waitSeconds | quote }}]
      volumeMounts: {{- include "tutti.volumeMounts" . | nindent 8 }}
      resources: {{- toYaml .root.Values.migrations.resources | nindent 8 }}
  volumes: {{- include "tutti.volumes" . | nindent 4 }}
{{- end }}
