set -u
files=("a b.txt" 'c*.txt' "" $'tab\there')
files+=(last)
echo "${#files[@]} ${files[1]} ${files[-1]} ${!files[*]}"
printf '<%s>' "${files[@]}"; echo
printf '<%s>' "${files[@]:1:2}"; echo
unset 'files[2]'; echo "${!files[@]}"
declare -A stage=([build]=0 ["run tests"]=3 ['$x']='{{y}}')
for key in "${!stage[@]}"; do printf '%s=%s\n' "$key" "${stage[$key]}"; done | LC_ALL=C sort
[[ -v stage[build] ]] && echo 'has build'
matrix=({linux,mac}-{3.8,3.13}); echo "${matrix[*]/#/py:}"
IFS=,; echo "${matrix[*]}"; unset IFS
sorted=($(printf '%s\n' 3 1 2 | sort)); echo "${sorted[@]}"
