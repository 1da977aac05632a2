set -e
orders() {
    printf '%s\n' \
        'id,region,amount' \
        '1,north,10.50' \
        '2,south,3' \
        '3,north,0.25' \
        '4,"east",100' \
        '5,south,'
}
orders | awk -F, '
    NR == 1 { next }
    {
        gsub(/"/, "", $2)
        total[$2] += $3
        count[$2]++
        if ($3 == "") { missing[NR] = $0 }
    }
    END {
        for (r in total) printf "%-6s %3d %8.2f %5.1f%%\n", r, count[r], total[r], 100 * total[r] / 113.75 | "sort"
        close("sort")
        for (n in missing) print "line " n ": no amount in \"" missing[n] "\""
    }
'
orders | awk -F, 'NR > 1 && $3 + 0 > 1 { s = s sep $1; sep = "+" } END { print s " = \\ok\t$" }'
