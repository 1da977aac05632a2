#!/usr/bin/env bash
set -Eeuo pipefail
IFS=$'\n\t'
on_error() {
    local status=$? line=$1
    echo "line $line: \`$BASH_COMMAND\` ended with $status in ${FUNCNAME[1]:-main}" >&2
}
trap 'on_error $LINENO' ERR
trap 'echo "leaving with $?"' EXIT

migrate() {
    local table
    for table in users orders; do
        echo "migrating $table"
        [[ $table != orders ]] || (exit 3)
    done
}
migrate
echo 'never printed'
