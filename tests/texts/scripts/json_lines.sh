set -eu
escape() { printf '%s' "$1" | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/	/\\t/g' | awk 'NR > 1 { printf "\\n" } { printf "%s", $0 }'; }
record() { printf '{"name": "%s", "value": "%s", "n": %d}\n' "$(escape "$1")" "$(escape "$2")" "$3"; }
record plain text 1
record 'say "hi"' 'C:\temp\new' 2
record 'two
lines' 'a	tab' 3
record '{{template}}' '${{ secrets.TOKEN }}' 4
body='{"a": [1, 2, {"b": null}], "c": "it'\''s"}'
echo "$body" | tr -d ' ' | sed 's/,/,\
/g'
