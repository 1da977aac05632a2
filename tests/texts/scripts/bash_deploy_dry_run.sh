#!/bin/bash
set -euo pipefail
declare -A URL=([staging]=https://staging.example.org [prod]=https://example.org)
DRY_RUN=1
run() { if ((DRY_RUN)); then printf '+'; printf ' %q' "$@"; echo; else "$@"; fi; }
payload() {
    cat <<JSON
{"env": "$1", "url": "${URL[$1]}", "sha": "${SHA:0:7}", "template": "{{.Values.tag}} \${{ github.sha }}", "n": $((2 ** 10))}
JSON
}
SHA=0123456789abcdef
for env in staging prod; do
    run curl -fsS -X POST -H 'Content-Type: application/json' -d "$(payload "$env")" "${URL[$env]}/deploy?x=1&y=2"
    run kubectl -n "$env" get pods -o 'jsonpath={range .items[*]}{.metadata.name}{"\n"}{end}'
done
run bash -c 'echo "$1" $$' _ "it's"
[[ ${CONFIRM:-no} == yes ]] || { echo 'not confirmed' >&2; exit 3; }
