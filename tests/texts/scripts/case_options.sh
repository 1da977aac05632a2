# Options read by hand, as small deploy scripts do.
usage() { echo "usage: $0 [-n] [--env=NAME] [--] FILE..." >&2; exit 1; }
run() (
    dry=no env=staging
    while [ $# -gt 0 ]; do
        case $1 in
            -n|--dry-run) dry=yes ;;
            --env=*) env=${1#--env=} ;;
            --) shift; break ;;
            -[!-]* | --?*) echo "unknown option: $1" >&2; usage ;;
            *) break ;;
        esac
        shift
    done
    [ $# -gt 0 ] || usage
    printf '%s %s %s:' "$env" "$dry" "$#"
    printf ' <%s>' "$@"
    echo
)
run -n --env=prod 'a b' c
run --env='$(x)' -- -n "" '*'
run - [ab]
run --what
echo "status $?"
run
