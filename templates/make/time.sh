# ---- max_time: $limit seconds for an attempt of the node, and in $within GROUP:SECONDS for the groups around it
groups_begin() { # with the first of their Execs
  for each in $within; do
    place_of "${each%:*}"
    [ -e "$place/began/$flat" ] || { mkdir -p "$place/began" && date +%s >"$place/began/$flat"; }
  done
}
out_of_time() { # whether a group around has no time left, and which, in $late; nothing of it runs from now on
  late=''
  for each in $within; do
    place_of "${each%:*}"
    first_line "$place/began/$flat"
    if [ -n "$line" ] && [ $(($(date +%s) - line)) -gt "${each##*:}" ]; then
      : >"$place/late/$flat"
      late=${each%:*}
    fi
  done
  [ -n "$late" ]
}
keep_time() {
  rm -f "$running.over"
  (deaf; watch) >/dev/null 2>&1 &
}
watch() {
  started=$(date +%s)
  while [ -e "$running" ]; do
    if out_of_time; then over="$late is over its max_time"
    elif [ -n "$limit" ] && [ $(($(date +%s) - started)) -gt "$limit" ]; then over="over its max_time of ${limit}s"
    else
      sleep 1
      continue
    fi
    echo "$over" >"$running.over"
    stopping 10
  done
}
time_was_over() {
  first_line "$running.over"
  rm -f "$running.over"
  [ "$why" = interrupted ] || why=${line:-$why}
  [ -z "$why" ] || [ -z "$within" ] || ! out_of_time || final=1
}
