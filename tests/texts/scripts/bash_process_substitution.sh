set -euo pipefail
old() { printf '%s\n' a b c d; }
new() { printf '%s\n' a c d e; }
diff <(old) <(new) | grep '^[<>+-][^+-]' | tr -d '<>+ -' | sort || true
count=0
while IFS= read -r line; do count=$((count + 1)); done < <(old; new)
echo "count survives the loop: $count"
mapfile -t lines < <(new)
echo "${#lines[@]} ${lines[3]}"
paste -d= <(old) <(new | tr a-z A-Z)
cat <(echo "from <(…)") - <<<'from a here-string'
