# ---- one container for several Execs: it is started by the first that comes, and removed when the group has ended
strayed=1 # or, if only a part of the group is run, at the end of all
start_shared() { # the words behind the first $flags are for the Exec alone
  place_of "$shared"
  box=$place/container/$flat
  mkdir -p "$place/container"
  if mkdir "$box" 2>/dev/null; then
    make_box "$@" >"$box/log" 2>&1
    echo $? >"$box/new"
    mv "$box/new" "$box/status"
  fi
  until [ -e "$box/status" ] || [ -n "$why" ]; do nap; done
  first_line "$box/status"
  container='' status=1
  if [ "$line" != 0 ]; then
    [ -n "$why" ] || why="the container of $shared could not be made" final=1
    cat "$box/log" >"$pipe"
    return
  fi
  first_line "$box/name"
  container=$line
  hand_over
  shift "$flags"
  # shellcheck disable=SC2086 # words
  in_session "$CONDUCTO_LEAD" "$engine" exec -e CONDUCTO_NODE="$path" -e CONDUCTO_PIPELINE_ID="$CONDUCTO_RUN" $more "$@" \
    "$container" /bin/sh -c "$conducto_end$in_shared$prelude$choose$out_of_shared" sh $given ${runtime:+/conducto/bin} "$command" "$shell" \
    </dev/null >"$pipe" 2>"$running.said" & child=$!
}
make_box() {
  echo "conducto-$CONDUCTO_RUN-$$" >"$box/name"
  n=$flags # these go behind the Exec's own, and the Exec's own go
  while [ "$n" -gt 0 ]; do set -- "$@" "$1"; shift; n=$((n - 1)); done
  shift $(($# - flags))
  # shellcheck disable=SC2086 # words
  "$engine" run -d -i --init --pull=never --name "conducto-$CONDUCTO_RUN-$$" --label conducto.run="$CONDUCTO_RUN" \
    --label conducto.state="$PWD/$state" --label conducto.node="$shared" "$@" $CONDUCTO_FLAGS \
    --entrypoint /bin/sh "${id:-$image}" -c 'read CONDUCTO_END'
}
# In the container a shell leads the session of an Exec, and ends with it what is left of it; also what has left the session,
# by its environment. It tells its process id, by which it is ended from outside.
# shellcheck disable=SC2016 # for that shell
conducto_end='
  CONDUCTO_END() { # SESSION SIGNAL: whether there was something to end but the leader
    CONDUCTO_FOUND=1
    for CONDUCTO_PID in /proc/[0-9]*; do
      { read -r CONDUCTO_LINE <"$CONDUCTO_PID/stat"; } 2>/dev/null || continue
      CONDUCTO_PID=${CONDUCTO_PID#/proc/}
      set -- "$1" "$2" ${CONDUCTO_LINE##*") "}
      case $3$CONDUCTO_PID in [XZ]* | ?"$1") continue ;; esac
      [ "$6" = "$1" ] || CONDUCTO_OF_NODE || continue
      kill -s "$2" "$CONDUCTO_PID" && CONDUCTO_FOUND=0
    done
    return $CONDUCTO_FOUND
  }
  CONDUCTO_OF_NODE() {
    [ -n "$CONDUCTO_NODE" ] && tr "\\0" "\\n" <"/proc/$CONDUCTO_PID/environ" | grep -Fqx "CONDUCTO_NODE=$CONDUCTO_NODE"
  }
'
in_shared='
  echo "pid $$" >&2
  exec 3>&1 2>/dev/null
  trap : TERM INT HUP
  (
  exec >&3 2>&3 3>&-
'
# shellcheck disable=SC2016 # for that shell
out_of_shared='
  )
  CONDUCTO_STATUS=$?
  case $CONDUCTO_NODE in *"
"*) unset CONDUCTO_NODE ;; esac
  for CONDUCTO_ROUND in 1 2 3 4 5 6 7 8 9; do CONDUCTO_END $$ KILL || break; done
  exit $CONDUCTO_STATUS'
stop_in_shared() {
  { read -r word pid <"$running.said"; } 2>/dev/null || return
  [ "$word" = pid ] && [ "$signal" != "${sent-}" ] || return
  "$engine" exec --user 0 "$container" /bin/sh -c "$conducto_end CONDUCTO_END $pid $signal" && sent=$signal
}
said_in_shared() { # by docker itself
  [ -e "$running.said" ] || return 0
  grep -v '^pid ' "$running.said" >>"$log"
  rm -f "$running.said"
}
remove_container() { # of the group that has ended
  place_of "$node"
  [ ! -e "$place/container/$flat/name" ] || { first_line "$place/container/$flat/name"; "$engine" rm -f "$line" >/dev/null; }
}
