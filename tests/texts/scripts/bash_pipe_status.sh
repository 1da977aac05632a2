false | true | (exit 7) | cat
echo "${PIPESTATUS[*]}"
set -o pipefail
printf 'x\n' | (cat; exit 4) | grep x
echo "pipefail: $?"
if yes 2>/dev/null | head -n 1 >/dev/null; then echo zero; else echo 'SIGPIPE counts'; fi
set +o pipefail
{ echo out; echo err >&2; } |& sort
time_it() { local TIMEFORMAT=; time "$@"; }
time_it true 2>/dev/null && echo timed
exit "${PIPESTATUS[0]}"
