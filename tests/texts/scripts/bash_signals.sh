# Ends itself at its own limit, as a watchdog would.
trap 'echo "USR1 seen"' USR1
trap 'echo "TERM seen, ending"; exit 124' TERM
kill -USR1 $$
kill -USR1 "$BASHPID"
echo "between, \$0 is $0, \$# is $#"
(trap - TERM; kill -TERM "$BASHPID"; echo never)
echo "a child killed by TERM: $?"
sleep 60 & kill -KILL $!; wait $! 2>/dev/null
echo "a child killed by KILL: $?"
kill -TERM $$
echo 'never printed'
