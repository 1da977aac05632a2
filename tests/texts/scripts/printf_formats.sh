printf '%s|%5s|%-5s|%05d|%x|%o|%e\n' a b c 42 255 8 12345.678
printf '%d%%\n' 7 8 9
printf '%b\n' 'tab\there' 'octal \0101\0102' 'stop\c' 'not shown'
printf '\nliteral \\n and %%s and \101\n'
printf '%s %s\n' one two three
printf '[%s]\n' '%s' '%%' '\0173' "\\c"
printf '%.3s|%8.2f|%+d\n' abcdef 3.14159 5
printf '%c%c\n' xyz 123
printf -- '-- %s --\n' '-n' '-e'
x='%d\n'; printf "%s" "$x"; echo
printf 'no newline at the end'
