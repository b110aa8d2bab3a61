{{/* The names by which an Ingress reaches the API, and their certificates: `host` with what goes with it, then the lists. */}}

{{- define "tutti.ingressHosts" -}}
{{- $own := .Values.api.ingress }}
{{- $hosts := $own.hosts | default list }}
{{- with $own.host }}{{ $hosts = prepend $hosts (dict "host" . "paths" (list (dict "path" $own.path))) }}{{ end }}
{{- toYaml $hosts }}
{{- end }}

{{- define "tutti.ingressTls" -}}
{{- $own := .Values.api.ingress }}
{{- $tls := $own.tls | default list }}
{{- if and $own.host $own.tlsSecret }}{{ $tls = prepend $tls (dict "hosts" (list $own.host) "secretName" $own.tlsSecret) }}{{ end }}
{{- toYaml $tls }}
{{- end }}

{{/* http or https: whether one of the certificates is for the host. Of: the certificates, the host. */}}
{{- define "tutti.ingressScheme" -}}
{{- $host := last . }}
{{- $scheme := "http" }}
{{- range first . }}
{{- $names := .hosts | default (list $host) }}
{{- if or (has $host $names) (has (regexReplaceAll "^[^.]+" $host "*") $names) }}{{ $scheme = "https" }}{{ end }}
{{- end }}
{{- $scheme }}
{{- end }}
