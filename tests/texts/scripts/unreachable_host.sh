# A transfer whose helper fails as ssh does: 255.
remote() {
    case $1 in
        alpha) echo "$1: $2" ;;
        beta) echo "ssh: connect to host $1 port 22: refused" >&2; return 255 ;;
    esac
}
for host in alpha beta gamma; do
    remote "$host" 'uptime; df -h | awk "{print \$5}"' || {
        status=$?
        echo "giving up on $host"
        exit $status
    }
done
