{{/* The settings that all pods of Tutti share, as the data of a ConfigMap. */}}
{{- define "tutti.settings" -}}
{{- $jobs := .Values.jobs }}
{{- $given := .Values.settings | default dict }}
{{- $own := dict
  "TUTTI_DATABASE_URL" (include "tutti.databaseUrl" .)
  "TUTTI_BROKER_URL" (include "tutti.brokerUrl" .)
  "TUTTI_SMALL_JOB_ROUTES" $jobs.smallRoutes
  "TUTTI_HARD_LIMIT_S" $jobs.hardLimitSeconds
  "TUTTI_SOFT_LIMIT_S" (include "tutti.softLimit" .)
  "TUTTI_STOP_GRACE_S" $jobs.stopGraceSeconds
  "TUTTI_LEASE_S" $jobs.leaseSeconds
  "TUTTI_HEARTBEAT_S" $jobs.heartbeatSeconds
  "TUTTI_CHECKPOINT_S" $jobs.checkpointSeconds
  "TUTTI_MAX_ATTEMPTS" $jobs.maxAttempts
  "TUTTI_SHUTDOWN_GRACE_S" .Values.api.shutdownSeconds
  "TUTTI_FLOWER_USER" .Values.flower.user
  "TUTTI_DEMAND_USER" .Values.autoscaling.keda.user
  "TUTTI_PROBE_DIR" "/tmp/probe"
  "TUTTI_LOG_FORMAT" .Values.logs.format
  "TUTTI_LOG_LEVEL" .Values.logs.level
  "TUTTI_METRICS_PORT" .Values.monitoring.workerPort
  "CELERY_ENABLED" "true"
}}
{{- if not (hasKey $given "TUTTI_MAX_ROUTES") }}{{ $_ := set $own "TUTTI_MAX_ROUTES" (include "tutti.maxRoutes" .) }}{{ end }}
{{- with .Values.tracing.endpoint }}{{ $_ := set $own "OTEL_EXPORTER_OTLP_ENDPOINT" . }}{{ end }}
{{- /* what single pods are given, which would win over the ConfigMap without a word */}}
{{- $ofPods := list "TUTTI_WORKER_QUEUES" "TUTTI_WORKER_CONCURRENCY" "TUTTI_SOLVE_CORES" "TUTTI_POD_NAME" "TUTTI_USERS_DIR" "TUTTI_DATABASE_PASSWORD" "TUTTI_BROKER_PASSWORD" "TUTTI_FLOWER_PASSWORD" "TUTTI_DEMAND_PASSWORD" }}
{{- range $name, $value := $given }}
{{- if or (hasKey $own $name) (has $name $ofPods) }}
{{- fail (printf "settings.%s is set by the chart from other values (jobs, workers, autoscaling, postgresql, redis, flower, api, logs, monitoring); set those instead" $name) }}
{{- end }}
{{- $_ := set $own $name $value }}
{{- end }}
{{- range $name, $value := $own }}
{{ $name }}: {{ include "tutti.scalar" $value | quote }}
{{- end }}
{{- end }}

{{/* Ends a solve in order before the hard limit kills it. */}}
{{- define "tutti.softLimit" -}}
{{- $jobs := .Values.jobs }}
{{- $jobs.softLimitSeconds | default (max 1 (sub (int $jobs.hardLimitSeconds) 60)) | int }}
{{- end }}
