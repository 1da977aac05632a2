# ---- retries of a group: one more make runs what is in it, in a state of its own; that of the last attempt counts
again() { # NAME NEED AFTER, and words
  named "$1" "$2"
  before="$2 $3" turns=1 within=''
  shift 3
  for word; do
    case $word in
      retries=*) turns=$((${word#*=} + 1)) ;;
      suppress_errors) forgiven=1 ;;
      in=*) group=${word#*=} ;;
      within=*) within="$within ${word#*=}"; known "${word#*=}" ;;
      container=*) known "${word#*=}" ;;
      *) die "$node: what is $word?" ;;
    esac
  done
  why='' child='' turn=1 base=$here scope=${CONDUCTO_SCOPE:+$CONDUCTO_SCOPE/}again/$me
  case ${MAKEFLAGS%% *} in -* | *=*) ;; *[nqt]*) make_group; await; exit "$status" ;; esac
  trap pass_on INT TERM HUP
  wait_for_me
  ! needs_failed || turns=1
  while try_group; [ -n "$failed" ] && [ -z "$why" ] && [ "$turn" -lt "$turns" ]; do
    [ -z "$within" ] || ! out_of_time || break
    say "$node: attempt $turn of $turns failed"
    turn=$((turn + 1))
  done
  take_over
  [ -z "$why" ] || exit 130
}
known() { # GROUP: what is noted of a group around stays where it is
  flat "${1%:*}"
  [ -e "$CONDUCTO_TMP/known/$flat" ] && return
  mkdir -p "$CONDUCTO_TMP/known"
  echo "${CONDUCTO_SCOPE-}" >"$CONDUCTO_TMP/known/,$$"
  mv "$CONDUCTO_TMP/known/,$$" "$CONDUCTO_TMP/known/$flat"
}
try_group() {
  inner=$state/$scope failed=''
  rm -rf "$inner"
  for kind in "done" failed unrun bad late node; do mkdir -p "$inner/$kind" || exit 2; done
  if needs_failed; then : >"$inner/bad/$flat"; fi
  [ "$turn" -eq 1 ] || export CONDUCTO_TRIAL="$node: attempt $turn of $turns"
  make_group
  [ -z "$why" ] || pass_on
  await
  end_nodes "$inner"
  [ "$status" -eq 0 ] && [ ! -e "$inner/bad/$me" ] || failed=1
}
make_group() {
  for word in $before; do set -- "$@" -o "$word"; done
  CONDUCTO_SCOPE=$scope "$CONDUCTO_GNU_MAKE" -f "$CONDUCTO_FILE" --no-print-directory "$@" "attempt/$node" & child=$!
}
take_over() {
  deaf
  rm -f "$inner/bad/$me" "$inner/late/$me"
  for kind in "done" failed unrun bad late; do cp -R "$inner/$kind" "$base/"; done
  rm -rf "$inner"
  if needs_failed || { [ -n "$failed" ] && [ -z "$forgiven" ]; }; then bad; fi
}
