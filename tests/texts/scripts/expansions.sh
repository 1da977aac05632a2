path=/srv/app/releases/v1.2.3.tar.gz
echo "${path##*/} ${path#*/} ${path%.*} ${path%%.*} ${path%/*}"
echo "${unset:-default} ${unset-} ${unset:=set now} ${unset} ${path:+yes} ${#path}"
empty=
echo "<${empty-a}> <${empty:-b}> <${empty:+c}> <${none+d}>"
brace="}" ; echo "${none:-"}"}" "${none:-\}}" "$brace"
echo "${none:-$(echo 'a }')}" ${none:-'x  y'}
pattern='*.gz'; case $path in $pattern) echo glob ;; esac; case $path in "$pattern") echo no ;; *) echo literal ;; esac
hash='a#b#c'; echo "${hash#*#} ${hash##*#} ${hash%#*} ${hash%%#*}"
percent='50%off%'; echo "${percent%\%} ${percent%%\%*}"
( : "${missing:?is not set}" ) 2>/dev/null || echo "refused"
t=$(printf 'a\n\n\n'); echo "[$t]"
HOME=/home/x; echo ~ ~/y "~" "$HOME"
