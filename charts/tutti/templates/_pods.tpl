{{/* What all pods have in common. Each takes a dict: root, component, pod (its `pod:` values), and what it names itself. */}}

{{/* The options of a pod: `podDefaults`, and over them the component's own. */}}
{{- define "tutti.podOptions" -}}
{{ mergeOverwrite (deepCopy .root.Values.podDefaults) .pod | toYaml }}
{{- end }}

{{/* Metadata of a pod template. A change of `config`, or of the passwords named by `secrets`, makes new pods. */}}
{{- define "tutti.podMetadata" -}}
{{- $options := include "tutti.podOptions" . | fromYaml }}
{{- $sums := list (.config | default "") }}
{{- range .secrets }}{{ $sums = append $sums (include "tutti.secretSum" (list $.root .)) }}{{ end }}
{{- $labels := include (has .component (list "postgresql" "redis") | ternary "tutti.storeLabels" "tutti.labels") (list .root .component) }}
{{- range $name := keys ($options.labels | default dict) }}
{{- if hasKey (fromYaml $labels) $name }}{{ fail (printf "the chart sets the label %s of its pods itself: leave it out of podDefaults.labels, and of the pod.labels of components" $name) }}{{ end }}
{{- end -}}
labels:
  {{- $labels | nindent 2 }}
  {{- with $options.labels }}{{ toYaml . | nindent 2 }}{{ end }}
annotations:
  checksum/config: {{ join "" $sums | sha256sum }}
  {{- with $options.annotations }}{{ toYaml . | nindent 2 }}{{ end }}
{{- end }}

{{/* Spec of a pod up to its containers. `user`: its uid and gid; `account`: its ServiceAccount; `token`: whether it needs that one's. */}}
{{- define "tutti.podSpec" -}}
{{- $options := include "tutti.podOptions" . | fromYaml -}}
serviceAccountName: {{ .account }}
automountServiceAccountToken: {{ .token | default false }}
enableServiceLinks: false
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- $security := dict "runAsNonRoot" true "runAsUser" .user "runAsGroup" .user "fsGroup" .user "fsGroupChangePolicy" "OnRootMismatch" "seccompProfile" (dict "type" "RuntimeDefault") }}
  {{- mergeOverwrite $security ($options.securityContext | default dict) | toYaml | nindent 2 }}
{{- range $key := list "nodeSelector" "tolerations" "affinity" "priorityClassName" }}
{{- with index $options $key }}
{{ $key }}: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
topologySpreadConstraints:
{{- with $options.topologySpreadConstraints }}
  {{- toYaml . | nindent 2 }}
{{- else }}
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "tutti.selector" (list .root .component) | nindent 8 }}
{{- end }}
{{- end }}

{{/* Volumes of a pod: /tmp, and the user's. `tmp`: most that may be written there. */}}
{{- define "tutti.volumes" -}}
{{- $options := include "tutti.podOptions" . | fromYaml -}}
- name: tmp
  emptyDir: {sizeLimit: {{ .tmp | default "256Mi" }}}
{{- with $options.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "tutti.volumeMounts" -}}
{{- $options := include "tutti.podOptions" . | fromYaml -}}
- {name: tmp, mountPath: /tmp}
{{- with $options.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "tutti.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{/* A container of Tutti's own image up to its arguments; it knows the settings, and the passwords named by `secrets`. */}}
{{- define "tutti.container" -}}
{{- $options := include "tutti.podOptions" . | fromYaml -}}
image: {{ include "tutti.image" (list .root.Values.image .root.Chart.AppVersion) }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext: {{- include "tutti.containerSecurity" . | nindent 2 }}
envFrom:
  - configMapRef: {name: {{ include "tutti.fullname" .root }}-settings}
  {{- with $options.extraEnvFrom }}{{ toYaml . | nindent 2 }}{{ end }}
env:
  {{- range .secrets }}
  {{- include "tutti.secretEnv" (list $.root .) | nindent 2 }}
  {{- end }}
  {{- range $name, $value := .env }}
  - {name: {{ $name }}, value: {{ include "tutti.scalar" $value | quote }}}
  {{- end }}
  {{- with $options.extraEnv }}{{ toYaml . | nindent 2 }}{{ end }}
{{- end }}

{{/* An init container that waits until the job store has the tables that this image needs. */}}
{{- define "tutti.waitForTables" -}}
- name: wait-for-tables
  {{- include "tutti.container" (merge (dict "secrets" (list "postgresql") "env" dict) .) | nindent 2 }}
  args: [db, wait, --timeout, {{ .root.Values.migrations.waitSeconds | quote }}]
  volumeMounts: {{- include "tutti.volumeMounts" . | nindent 4 }}
  resources: {{- toYaml .root.Values.migrations.resources | nindent 4 }}
{{- end }}
