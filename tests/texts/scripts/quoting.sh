show() { printf '%s:' "$#"; printf ' <%s>' "$@"; echo; }
show 'it'\''s' "it's" it\'s 'say "x"' "say \"x\"" "a'b\"c" ''
show "a\b" 'a\b' a\\b "\$x" '\$x' \$x "\`" '`' "!" '!!'
show a\
b "c\
d" 'e\
f'
set -- 'one two' '' 'three*'
show "$@"; show "$*"; show $*
IFS=:; p='/bin:/usr/bin::x'; show $p; unset IFS
show a#b '#c' "# d" \# e # a comment with ' and "
v='a  b'; eval "show \$v \"\$v\" '\$v'"
show "$(echo "inner \"quoted\" $(echo 'and '\''deeper'\')")"
show "`echo back \\\\ \`echo nested\``"
x="two
lines	tab"; show "$x" $x
show ~nobody_here_ "~" '{a,b}' [!x] '?' "%s" -- -n
: 'ends with a backslash: \'
show 'last \'
