{{/* Labels that all pods of the release have. */}}
{{- define "tutti.release" -}}
app.kubernetes.io/name: {{ include "tutti.name" . }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/*
The policies of connections from the components `from` to the store `to`: both ends if it is `inside` the release, else
the way out to networkPolicy.externalCidrs. `peers`: who else may come in, YAML of a list.
*/}}
{{- define "tutti.arrow" }}
{{- $name := printf "%s-%s" (include "tutti.fullname" .root) .to }}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ $name }}-clients
  labels: {{- include "tutti.labels" (list .root "network") | nindent 4 }}
spec:
  podSelector: {{- include "tutti.anyOf" . | nindent 4 }}
  policyTypes: [Egress]
  egress:
    - ports: [{protocol: TCP, port: {{ .port }}}]
      to:
        {{- if .inside }}
        - podSelector:
            matchLabels: {{- include "tutti.selector" (list .root .to) | nindent 14 }}
        {{- else }}
        {{- range .root.Values.networkPolicy.externalCidrs }}
        - ipBlock: {cidr: {{ . | quote }}}
        {{- end }}
        {{- end }}
{{- if .inside }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ $name }}
  labels: {{- include "tutti.labels" (list .root "network") | nindent 4 }}
spec:
  podSelector:
    matchLabels: {{- include "tutti.selector" (list .root .to) | nindent 6 }}
  policyTypes: [Ingress]
  ingress:
    - ports: [{protocol: TCP, port: {{ .port }}}]
      from:
        - podSelector: {{- include "tutti.anyOf" . | nindent 12 }}
        {{- with .peers }}{{ . | nindent 8 }}{{ end }}
{{- end }}
{{- end }}

{{/* Selects the pods of the components `from`. */}}
{{- define "tutti.anyOf" -}}
matchLabels: {{- include "tutti.release" .root | nindent 2 }}
matchExpressions:
  - {key: app.kubernetes.io/component, operator: In, values: [{{ join ", " .from }}]}
{{- end }}

{{/* "tutti.scalerPeers" (list $ "jobs"): who besides the release asks a store, YAML of a list: KEDA, if this is its source. */}}
{{- define "tutti.scalerPeers" -}}
{{- $scaling := (index . 0).Values.autoscaling }}
{{- if and (eq $scaling.mode "keda") (eq $scaling.source (index . 1)) -}}
- namespaceSelector:
    matchLabels: {kubernetes.io/metadata.name: {{ $scaling.keda.namespace | quote }}}
{{- end }}
{{- end }}

{{/* The port of an HTTP address. */}}
{{- define "tutti.portOf" -}}
{{- $url := urlParse . -}}
{{ regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default (eq $url.scheme "https" | ternary "443" "80") }}
{{- end }}
