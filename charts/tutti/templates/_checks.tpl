{{/* What a schema can't say: values that are right one by one and wrong together. Each ends the rendering with a sentence. */}}
{{- define "tutti.checks" -}}
{{- include "tutti.checkNames" . }}
{{- include "tutti.checkStores" . }}
{{- include "tutti.checkExposure" . }}
{{- include "tutti.checkQueues" . }}
{{- include "tutti.checkSizes" . }}
{{- include "tutti.checkTimes" . }}
{{- include "tutti.checkScaling" . }}
{{- include "tutti.checkMonitoring" . }}
{{- end }}

{{- define "tutti.checkNames" -}}
{{- $full := include "tutti.fullname" . }}
{{- if not (regexMatch "^[a-z]([a-z0-9-]*[a-z0-9])?$" $full) }}{{ fail (printf "names would begin with %s, but that of a Service begins with a letter and has a-z, 0-9 and - only: say in fullnameOverride how they are to begin" $full) }}{{ end }}
{{- /* the longest labels: the component's, and the one with which KEDA marks what scales it */}}
{{- $most := eq .Values.autoscaling.mode "keda" | ternary (sub 55 (len $full)) 56 }}
{{- range $name := include "tutti.groups" . | fromYamlArray }}
{{- if gt (len $name) (int $most) }}{{ fail (printf "workers.%s: labels would be longer than the 63 characters that they may have; give the group a name of at most %d" $name $most) }}{{ end }}
{{- end }}
{{- end }}

{{- define "tutti.checkStores" -}}
{{- range $store := list "postgresql" "redis" }}
{{- $values := index $.Values $store }}
{{- if not $values.enabled }}
{{- if not $values.external.host }}{{ fail (printf "%s.enabled is false: say in %s.external.host where yours is" $store $store) }}{{ end }}
{{- if not $values.existingSecret.name }}{{ fail (printf "%s.enabled is false: name the Secret with its password in %s.existingSecret.name" $store $store) }}{{ end }}
{{- else if not (or $values.image.tag $values.image.digest) }}{{ fail (printf "%s.image.tag is empty: name a version there, for another one may not read what is on the volume" $store) }}
{{- else }}
{{- range $name, $value := omit $values.external "port" }}
{{- if $value }}{{ fail (printf "%s.external.%s is set, but %s.enabled is true: leave one of them out" $store $name $store) }}{{ end }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.redis }}
{{- if and .external.caFile (not .external.tls) }}{{ fail "redis.external.caFile is set, but redis.external.tls is false: turn TLS on, or leave the file out" }}{{ end }}
{{- $limit := include "tutti.memoryLimit" . }}
{{- $most := .maxMemory | replace "b" "i" | replace "k" "K" | replace "m" "M" | replace "g" "G" }}
{{- if and .enabled $limit (ge (include "tutti.mebibytes" $most | float64) (include "tutti.mebibytes" $limit | float64)) }}{{ fail (printf "redis.maxMemory (%s) is not less than redis.resources.limits.memory (%s): it would be killed before it is full" .maxMemory $limit) }}{{ end }}
{{- end }}
{{- end }}

{{- define "tutti.checkExposure" -}}
{{- with .Values.api.service }}
{{- if and .nodePort (eq .type "ClusterIP") }}{{ fail (printf "api.service.nodePort (%v) is set, but api.service.type is ClusterIP: make it NodePort or LoadBalancer, or leave the port out" .nodePort) }}{{ end }}
{{- end }}
{{- if and .Values.api.ingress.enabled (not .Values.api.ingress.host) (not .Values.api.ingress.hosts) }}{{ fail "api.ingress.enabled is true: name the host in api.ingress.host, or several in api.ingress.hosts" }}{{ end }}
{{- if and .Values.api.httpRoute.enabled (not .Values.api.httpRoute.parentRefs) }}{{ fail "api.httpRoute.enabled is true: name the Gateway in api.httpRoute.parentRefs" }}{{ end }}
{{- end }}

{{- define "tutti.checkQueues" -}}
{{- $owners := dict }}
{{- range $name := include "tutti.groups" . | fromYamlArray }}
{{- $queues := (include "tutti.workerGroup" (list $ $name) | fromYaml).queues }}
{{- if not $queues }}{{ fail (printf "workers.%s serves no queue: name some in its queues, or set the group to null" $name) }}{{ end }}
{{- range $queues }}
{{- if hasKey $owners . }}{{ fail (printf "workers.%s and workers.%s both serve the queue %s: give each queue to one group" (get $owners .) $name .) }}{{ end }}
{{- $_ := set $owners . $name }}
{{- end }}
{{- end }}
{{- range list "small" "large" }}
{{- if not (hasKey $owners .) }}{{ fail (printf "nobody serves the queue %s: name it in the queues of one of workers" .) }}{{ end }}
{{- end }}
{{- end }}

{{- define "tutti.checkSizes" -}}
{{- range $name := include "tutti.groups" . | fromYamlArray }}
{{- $group := include "tutti.workerGroup" (list $ $name) | fromYaml }}
{{- $routes := include "tutti.routesOf" $group | int }}
{{- if and (has "small" $group.queues) (gt (int $.Values.jobs.smallRoutes) $routes) }}{{ fail (printf "jobs.smallRoutes (%v) is more than workers.%s has memory for: %d routes in each of %v processes (concurrency x cores) with a limit of %v; raise the limit, or lower one of them" $.Values.jobs.smallRoutes $name $routes (mul $group.concurrency $group.cores) (include "tutti.memoryLimit" $group)) }}{{ end }}
{{- end }}
{{- end }}

{{/* The chain: heartbeat < lease, soft + stop grace < hard, and a pod's grace covers what it does before it is gone. */}}
{{- define "tutti.checkTimes" -}}
{{- $jobs := .Values.jobs }}
{{- $soft := include "tutti.softLimit" . | int }}
{{- if gt (mulf 2 $jobs.heartbeatSeconds) (float64 $jobs.leaseSeconds) }}{{ fail (printf "jobs.leaseSeconds (%v) is less than two heartbeats (jobs.heartbeatSeconds: %v): a busy machine would lose jobs that run" $jobs.leaseSeconds $jobs.heartbeatSeconds) }}{{ end }}
{{- if ge (addf $soft $jobs.stopGraceSeconds) (float64 $jobs.hardLimitSeconds) }}{{ fail (printf "jobs.softLimitSeconds (%d) and jobs.stopGraceSeconds (%v) leave no time before jobs.hardLimitSeconds (%v): a job would be killed before it can end with its best plan" $soft $jobs.stopGraceSeconds $jobs.hardLimitSeconds) }}{{ end }}
{{- range $name := include "tutti.groups" . | fromYamlArray }}
{{- $group := include "tutti.workerGroup" (list $ $name) | fromYaml }}
{{- $finish := dig "TUTTI_FINISH_GRACE_S" 1 ($.Values.settings | default dict) | float64 }}
{{- $needed := addf $jobs.stopGraceSeconds 9 $finish }}
{{- if lt (float64 $group.terminationGracePeriodSeconds) $needed }}{{ fail (printf "workers.%s.terminationGracePeriodSeconds (%v) is shorter than handing a job over takes: settings.TUTTI_FINISH_GRACE_S (%v), jobs.stopGraceSeconds (%v) and 9 seconds" $name $group.terminationGracePeriodSeconds $finish $jobs.stopGraceSeconds) }}{{ end }}
{{- end }}
{{- end }}

{{- define "tutti.checkScaling" -}}
{{- $slots := 0 }}
{{- range $name := include "tutti.groups" . | fromYamlArray }}
{{- $group := include "tutti.workerGroup" (list $ $name) | fromYaml }}
{{- $slots = add $slots (mul $group.maxReplicas $group.concurrency) }}
{{- if and (eq $.Values.autoscaling.mode "keda") (eq $.Values.autoscaling.source "jobs") (has "celery" $group.queues) (lt (int $group.minReplicas) 1) }}{{ fail (printf "workers.%s serves the queue celery, whose messages PostgreSQL does not know: with minReplicas 0 nobody would take them; set it to 1, or leave celery out" $name) }}{{ end }}
{{- if gt (int $group.minReplicas) (int $group.maxReplicas) }}{{ fail (printf "workers.%s.minReplicas (%v) is more than its maxReplicas (%v)" $name $group.minReplicas $group.maxReplicas) }}{{ end }}
{{- end }}
{{- if and .Values.autoscaling.maxSlots (gt $slots (int .Values.autoscaling.maxSlots)) }}{{ fail (printf "the groups' maxReplicas and concurrency come to %d jobs at once, more than autoscaling.maxSlots (%v)" $slots .Values.autoscaling.maxSlots) }}{{ end }}
{{- end }}

{{- define "tutti.checkMonitoring" -}}
{{- if and .Values.monitoring.monitors.enabled .Values.networkPolicy.enabled .Values.networkPolicy.apiFrom (not .Values.monitoring.scrapers) }}{{ fail "networkPolicy.apiFrom lets in only those whom it names: name the pods of Prometheus in monitoring.scrapers" }}{{ end }}
{{- end }}
