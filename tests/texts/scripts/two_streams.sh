warn() { echo "warning: $*" >&2; }
echo 'to the output'
warn 'to the error stream'
{ echo o; echo e >&2; } 2>/dev/null
{ echo o2; echo e2 >&2; } >/dev/null
both=$( { echo o3; echo e3 >&2; } 2>&1 ); echo "caught:" $both
swapped=$( { echo o4; echo e4 >&2; } 2>&1 >/dev/null ); echo "caught: $swapped"
exec 3>&1
echo "a third" >&3
err=$( { warn inner; echo kept >&3; } 2>&1 ); echo "<$err>"
exec 3>&-
cat /nonexistent/file 2>/dev/null || echo "cat failed"
echo last >&2
exit 1
