set -euo pipefail
newer() {
    local -a a b
    local i
    IFS=. read -ra a <<<"${1#v}"
    IFS=. read -ra b <<<"${2#v}"
    for ((i = 0; i < 3; i++)); do
        ((10#${a[i]:-0} > 10#${b[i]:-0})) && return 0
        ((10#${a[i]:-0} < 10#${b[i]:-0})) && return 1
    done
    return 1
}
best=v0.0.0
for v in v1.9.0 v1.10.0 v1.10 v0.99.99 v1.09.5; do
    if newer "$v" "$best"; then echo "$v > $best"; best=$v; else echo "$v <= $best"; fi
done
IFS=. read -r major minor patch <<<"${best#v}"
echo "next: v$major.$((minor + 1)).0 (patch was ${patch})"
for ((i = 3, j = 0; i > 0; i--, j += i)); do printf '%d/%d ' "$i" "$j"; done; echo
