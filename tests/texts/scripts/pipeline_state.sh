# A data step: keep a manifest, process what is new, say what was done.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
printf '%s\n' alpha beta gamma delta >"$dir/input"
printf '%s\n' beta delta >"$dir/done"
todo() { grep -vxF -f "$dir/done" "$dir/input" || true; }
n=0
todo >"$dir/todo"
while IFS= read -r item; do
    n=$((n + 1))
    printf '%s\t%s\t%s\n' "$n" "$item" "$(printf '%s' "$item" | sha256sum | cut -c1-12)" >>"$dir/manifest"
    printf '%s\n' "$item" >>"$dir/done"
done <"$dir/todo"
cat "$dir/manifest"
todo | wc -l | tr -d ' '
cut -f2 "$dir/manifest" | tr 'a-z' 'A-Z' | paste -s -d, -
gzip -c "$dir/done" | gunzip -c | sort | head -n 2
tail -n +2 "$dir/input" | nl -ba | sed 's/^ *//'
test "$n" -eq 2
