set -u
self=$$
[ "$self" = "$(echo $$)" ] && echo 'the same in a substitution'
(echo "$$" | grep -qx "$self") && echo 'and in a subshell'
(exit 17) & child=$!
[ "$child" != "$$" ] && echo 'a child is another'
wait "$child"; echo "child ended with $?"
kill -0 "$$" && echo alive
case $$ in *[!0-9]*|'') echo 'no number' ;; *) echo number ;; esac
name=/tmp/conducto-$$-test
echo "$name" | sed "s/$$/PID/"
echo '$$' "\$\$" \$\$ '$(X)' '$$(X)' "$#" "$*"
trap 'echo "got a signal"; exit 3' TERM
kill -TERM $$
echo 'never printed'
