{{/* How a group is scaled. Each takes (list $ group). */}}

{{/* Up at once, down slowly: a pod that goes too early costs its jobs a hand-over. */}}
{{- define "tutti.scalingBehavior" -}}
scaleUp:
  stabilizationWindowSeconds: 0
  policies: [{type: Pods, value: {{ (index . 1).maxReplicas }}, periodSeconds: 15}]
scaleDown:
  stabilizationWindowSeconds: {{ (index . 0).Values.autoscaling.scaleDownSeconds }}
  policies: [{type: Percent, value: 50, periodSeconds: 60}]
{{- end }}

{{/*
KEDA's triggers. `jobs` is one, and no other beside it: where one of two has nobody to ask, KEDA makes neither's number.
`redis-list` is one for each list that a queue consists of (Celery has one a priority), and the longest counts; it does
not see jobs that run.
*/}}
{{- define "tutti.triggers" -}}
{{- $root := index . 0 }}
{{- $group := index . 1 }}
{{- $auth := printf "%s-scaler" (include "tutti.fullname" $root) }}
{{- if eq $root.Values.autoscaling.source "jobs" -}}
- type: postgresql
  authenticationRef: {name: {{ $auth }}}
  metadata:
    host: {{ include "tutti.postgresqlHost" $root }}{{ if $root.Values.postgresql.enabled }}.{{ $root.Release.Namespace }}.svc{{ end }}
    port: {{ include "tutti.postgresqlPort" $root | quote }}
    userName: {{ $root.Values.autoscaling.keda.user | quote }}
    dbName: {{ $root.Values.postgresql.database | quote }}
    sslmode: {{ $root.Values.postgresql.enabled | ternary "disable" (($root.Values.postgresql.external.options | default dict).sslmode | default "prefer") }}
    query: {{ printf "SELECT COALESCE(SUM(jobs), 0)::int FROM queue_demand WHERE queue IN ('%s')" (join "', '" $group.queues) | quote }}
    targetQueryValue: {{ $group.concurrency | quote }}
    activationTargetQueryValue: "0"
{{- else }}
{{- range $queue := $group.queues }}
{{- range $priority := list "" `\x06\x163` `\x06\x166` }}
- type: redis
  authenticationRef: {name: {{ $auth }}}
  metadata:
    address: "{{ include "tutti.redisHost" $root | include "tutti.urlHost" }}{{ if $root.Values.redis.enabled }}.{{ $root.Release.Namespace }}.svc{{ end }}:{{ include "tutti.redisPort" $root }}"
    {{- with $root.Values.redis.external.user }}
    username: {{ . | quote }}
    {{- end }}
    databaseIndex: {{ int $root.Values.redis.external.database | quote }}
    enableTLS: {{ $root.Values.redis.external.tls | default false | quote }}
    listName: "{{ $queue }}{{ $priority }}"
    listLength: {{ $group.concurrency | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
