set -e
config='host = "db.example.org"   # production
port=5432
path = /var/lib/a&b
tag = v1.2.3-rc.4'
printf '%s\n' "$config" |
    sed -e 's/[[:blank:]]*#.*$//' \
        -e 's/^\([a-z]*\)[[:blank:]]*=[[:blank:]]*/\1=/' \
        -e 's|/var/lib|/srv/&|' \
        -e '/^port=/{s/=\(.*\)/=\1\1/;h;}' \
        -e '$!N;P;D' |
    sed 's/^\(.*\)=\(.*\)$/export \1='"'"'\2'"'"'/'
printf 'one\ntwo\nthree\n' | sed -n '/two/{
s/two/a\
b/p
}'
printf '%s\n' 'a\b/c$d' | sed 's/[\/$\\&]/\\&/g'
