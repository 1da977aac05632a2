# Nothing may be read from standard input, and nothing may wait for it.
if read -r line; then
    echo "read: $line"
    exit 1
else
    echo "read ended with $?, line is '$line'"
fi
echo "bytes: $(cat | wc -c | tr -d ' ')"
while read -r x; do echo "never $x"; done
if [ -t 0 ]; then echo 'a terminal'; else echo 'no terminal'; fi
echo given | { read -r a; echo "from a pipe: $a"; }
read -r b <<EOF
from a here-document
EOF
echo "$b"
sed -n '$=' </dev/null
cat
