set -u
work() { echo "worker $1" >"$dir/$1"; return "$2"; }
dir=$(mktemp -d)
declare -A pids=()
for i in 1 2 3; do work "$i" "$(((i - 1) * 3))" & pids[$i]=$!; done
worst=0
for i in 1 2 3; do
    wait "${pids[$i]}"; status=$?
    echo "worker $i ended with $status"
    ((status > worst)) && worst=$status
done
cat "$dir"/*
rm -r "$dir"
coproc UPPER { while IFS= read -r l; do echo "${l^^}"; done; }
echo 'to a coprocess' >&"${UPPER[1]}"
read -r answer <&"${UPPER[0]}"; echo "$answer"
eval "exec ${UPPER[1]}>&-"
wait
exit $((worst / 2))
