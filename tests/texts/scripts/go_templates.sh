# Stands for docker and helm, whose formats look like other people's templates.
docker() { printf 'docker'; printf ' [%s]' "$@"; printf '\n'; }
docker ps --format '{{.ID}}\t{{.Names}}'
docker inspect -f '{{range $k, $v := .Config.Env}}{{$k}}={{$v}}{{"\n"}}{{end}}' app
docker run --rm -e A='{{workflow.name}}' "img:{{inputs.parameters.tag}}" sh -c 'echo $$ {{=1+1}}'
cat <<EOF
apiVersion: v1
metadata:
  name: {{ include "chart.fullname" . }}
  labels: {{- include "chart.labels" . | nindent 4 }}
{{- if .Values.on }}
data: {"x": "{% raw %}$HOME_{# no #}"}
{{- end }}
EOF
echo '{{' '}}' "{{{{" '}}}' "{" '{%' "%}"
