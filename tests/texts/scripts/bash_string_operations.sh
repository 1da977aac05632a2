s='Hello, World: $HOME/{{x}}'
echo "${s:7:5} ${s: -5} ${s^^} ${s,,}"
echo "${s//o/0} ${s/#Hello/Bye} ${s/%\}\}/>>} ${#s}"
path='a/b/c d'; echo "${path//\//::} ${path//[aeiou]/_}"
printf '%q\n' "it's" 'a b' '$(x)' ''
printf -v padded '%05d' 42; echo "$padded"
name=s; echo "${!name}"
echo "${s@Q}"
declare -i n=5; n+=3; echo "$n"
declare -u up=shout; echo "$up"
printf '%(%Y)T\n' 0 | grep -cE '^(1970|1969)$'
echo {a..e} {10..0..5} {01..03} pre{-,+}post
