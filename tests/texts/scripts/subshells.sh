x=outer
( x=inner; cd /; echo "in: $x $(pwd)"; exit 7 )
echo "status $?, out: $x"
{ x=group; echo "group: $x"; }
echo "now: $x"
echo piped | { read -r x; echo "in the pipe: $x"; }
false | true; echo "pipe: $?"
true | false; echo "pipe: $?"
! true; echo "not: $?"
y=$(echo 'a  b'; exit 5); echo "substitution: $? <$y>"
f() { local_status=$1; return "$1"; }
f 9 || echo "function: $? $local_status"
(exit 3) && echo no || echo "or: $?"
for i in 1 2 3 4; do
    [ "$i" = 2 ] && continue
    [ "$i" = 4 ] && break
    echo "loop $i"
done
