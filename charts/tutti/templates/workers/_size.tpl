{{/*
"tutti.routesOf" GROUP: the most routes of one job that each process of a slot of the group has memory for: a table, because a solver's
memory follows no formula (docs/explanation/how-workers-scale.md has what was measured). Without a limit of memory: all.
*/}}
{{- define "tutti.routesOf" -}}
{{- $routes := 20000 }}
{{- with include "tutti.memoryLimit" . }}
{{- $slot := divf (include "tutti.mebibytes" .) (mul $.concurrency $.cores) }}
{{- $routes = 300 }}
{{- range $row := list (list 384 1000) (list 512 3000) (list 1536 10000) (list 3584 20000) }}
{{- if ge $slot (index $row 0 | float64) }}{{ $routes = index $row 1 }}{{ end }}
{{- end }}
{{- end }}
{{- $routes }}
{{- end }}

{{/* "tutti.memoryLimit" GROUP: the limit of memory of its container, or nothing. */}}
{{- define "tutti.memoryLimit" -}}
{{- ((.resources | default dict).limits | default dict).memory | default "" | include "tutti.scalar" }}
{{- end }}

{{/* The most routes of one job that any group can take: of the one that serves the queue large. */}}
{{- define "tutti.maxRoutes" -}}
{{- range $name := include "tutti.groups" . | fromYamlArray }}
{{- $group := include "tutti.workerGroup" (list $ $name) | fromYaml }}
{{- if has "large" $group.queues }}{{ include "tutti.routesOf" $group }}{{ end }}
{{- end }}
{{- end }}

{{/* A quantity of memory as text, such as 512Mi, 2G or 1073741824, in MiB. */}}
{{- define "tutti.mebibytes" -}}
{{- $factors := dict "" 1 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 }}
{{- $unit := regexFind "[A-Za-z]*$" . }}
{{- if not (hasKey $factors $unit) }}{{ fail (printf "%s is no amount of memory: write it as 512Mi or 2Gi" .) }}{{ end }}
{{- divf (mulf (trimSuffix $unit . | float64) (index $factors $unit)) 1048576 }}
{{- end }}
