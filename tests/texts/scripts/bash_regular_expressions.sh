set -u
tags=('v1.2.3' 'v10.0.0-rc.1' 'release-7' 'v1.2' '{{tag}}')
semver='^v([0-9]+)\.([0-9]+)\.([0-9]+)(-([a-z]+)\.([0-9]+))?$'
for tag in "${tags[@]}"; do
    if [[ $tag =~ $semver ]]; then
        printf '%s: %s|%s|%s|%s\n' "$tag" "${BASH_REMATCH[@]:1:3}" "${BASH_REMATCH[5]:-none}"
    else
        echo "$tag: no version"
    fi
done
[[ 'a.b' =~ a\.b && ! 'axb' =~ a\.b ]] && echo 'the dot is quoted'
[[ 'x y' == *' '* ]] && echo 'has a blank'
line='key = "value # not a comment"  # a comment'
[[ $line =~ ^([a-z]+)[[:space:]]*=[[:space:]]*\"([^\"]*)\" ]] && echo "${BASH_REMATCH[1]}->${BASH_REMATCH[2]}"
[[ abc < abd && 10 -gt 9 && ( -z '' || -n x ) ]] && echo compared
