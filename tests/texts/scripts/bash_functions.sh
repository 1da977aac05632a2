set -euo pipefail
join_by() { local IFS=$1; shift; echo "$*"; }
fill() { local -n target=$1; target=("${@:2}" "$#"); }
max() {
    local best=$1 n
    for n in "$@"; do ((n > best)) && best=$n || true; done
    echo "$best"
}
parse() {
    local OPTIND=1 option
    while getopts ':vo:' option; do
        case $option in
            v) echo verbose ;;
            o) echo "output=$OPTARG" ;;
            :) echo "-$OPTARG wants a value" >&2; return 2 ;;
            *) echo "unknown -$OPTARG" >&2; return 2 ;;
        esac
    done
    echo "rest: ${*:OPTIND}"
}
join_by , a 'b c' d
fill result x y; echo "${result[@]}"
max 3 -5 12 7
parse -v -o 'a b' -- -x y
parse -q || echo "status $?"
recurse() { (($1 == 0)) || { printf '%s ' "$1"; recurse $(($1 - 1)); }; }
recurse 5; echo
[[ $(type -t join_by) == function ]] && declare -f max | head -n 1
