set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf -- "$dir"' EXIT
{
    echo 'day;sensor;value'
    for day in {1..3}; do
        for sensor in a b 'c d'; do
            printf '2024-01-%02d;%s;%d.%d\n' "$day" "$sensor" "$((day * ${#sensor}))" "$((day % 2 * 5))"
        done
    done
} >"$dir/raw.csv"
header=$(head -n 1 "$dir/raw.csv")
[[ $header == 'day;sensor;value' ]] || exit 1
declare -A sum=()
while IFS=';' read -r _ sensor value; do
    sum[$sensor]=$(awk -v a="${sum[$sensor]:-0}" -v b="$value" 'BEGIN { print a + b }')
done < <(tail -n +2 "$dir/raw.csv")
for s in a b 'c d'; do printf '%-4s %6.1f\n' "$s" "${sum[$s]}"; done
tee "$dir/copy" <"$dir/raw.csv" | gzip -c | gzip -dc >"$dir/back"
cmp "$dir/back" "$dir/copy" && echo 'same after a round trip'
sha256sum <"$dir/raw.csv" | cut -c1-16
printf '%s\n' "${!sum[@]}" | LC_ALL=C sort | paste -s -d'|' -
