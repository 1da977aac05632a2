#!/bin/sh
# Build every pair of a small matrix and print a table of it.
set -eu

build() {
    # $1: system, $2: release
    case $1-$2 in
        windows-3.8) return 4 ;;
        *) printf '%s' "$1-py$2.tar" | sha256sum | cut -c1-8 ;;
    esac
}

printf '%-10s %-6s %s\n' system python checksum
failed=0
for system in linux macos windows; do
    for python in 3.8 3.13; do
        if sum=$(build "$system" "$python"); then
            printf '%-10s %-6s %s\n' "$system" "$python" "$sum"
        else
            status=$?
            printf '%-10s %-6s %s\n' "$system" "$python" "failed ($status)"
            failed=$((failed + 1))
        fi
    done
done
echo "failed: $failed"
[ "$failed" -eq 0 ]
echo 'never printed'
