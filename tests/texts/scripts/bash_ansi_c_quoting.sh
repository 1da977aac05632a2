printf '%s' $'tab\there' $'\x41\102\'' $'\\n' | od -An -c | tr -s ' ' | sed 's/ $//'
x=$'two\nlines'; echo "$x"
IFS=$'\n' read -r -d '' -a all < <(printf 'a b\nc\n\0'); echo "${#all[@]}"
case $'\e[1m' in $'\033'*) echo escape ;; esac
echo $'caf\xc3\xa9' "$'no'" '$"no"' $"plain"
[[ $'a\tb' == a$'\t'b ]] && echo same
del=$'\177'; printf '%s' "$del" | od -An -tx1 | tr -d ' '
echo "${x//$'\n'/\\n}"
