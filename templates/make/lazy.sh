# ---- Lazy: what a Generate printed is checked here, and becomes the rules of what stands in the place of its Execute
ready=can_generate
# shellcheck disable=SC2016 # for the shell that becomes the command's
lazy_first='
  export CONDUCTO_LAZY=1'
can_generate() {
  [ -n "$CONDUCTO_ROOT" ] || die "what a Lazy needs lies in the repository: say where that is, ROOT=path"
  [ -e "$CONDUCTO_ROOT/.conducto/runtime.pyz" ] || die "there is no .conducto/runtime.pyz: \"conducto runtime\" makes it"
  python3 -I -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null || die "a Lazy needs python3 here, 3.9 or later"
}
before_generate() { # the log may hold earlier attempts
  from_byte=0
  [ -z "$add" ] || from_byte=$(wc -c <"$log")
  [ -n "$image" ] || tools_here
}
tools_here() {
  mkdir -p "$CONDUCTO_TMP/bin" && ln -sf "$(CDPATH='' cd -P -- "$CONDUCTO_ROOT" && pwd)/.conducto/runtime.pyz" "$CONDUCTO_TMP/bin/conducto"
  more_names "$CONDUCTO_TMP/bin"
}
take_generated() { # by the runtime file, unpacked once for a run: Python then keeps what it has compiled of it
  rules=$here/grown/$me.mk
  mkdir -p "$here/grown"
  rm -f "$rules"
  why=$(python3 -I -c 'import os, sys, zipfile
runtime, unpacked = sys.argv[1:3]
if not os.path.isdir(unpacked):
    mine = f"{unpacked}-{os.getpid()}"
    zipfile.ZipFile(runtime).extractall(mine)
    try: os.rename(mine, unpacked)
    except OSError: pass
sys.path.insert(0, unpacked)
from conducto.backends.make_grown import main
sys.exit(main(*sys.argv[3:]))' "$CONDUCTO_ROOT/.conducto/runtime.pyz" "$CONDUCTO_TMP/runtime" "$log" "$from_byte" "$rules" \
    2>&1 </dev/null) && why='' ||
    why=${why:-what it printed could not be read}
}

grow() { # NAME NEED, and words: what was generated is run by one more make, which reads its rules too
  named "$1" "$2"
  shift 2
  from='' why='' child='' shared=''
  for word; do
    case $word in
      of=*) named "${word#*=}" ''; group='' ;;
      from=*) from=${word#*=} ;;
      suppress_errors) forgiven=1 ;;
      in=*) group=${word#*=} ;;
      container) shared=1 ;;
      *) die "$node: what is $word?" ;;
    esac
  done
  case ${MAKEFLAGS%% *} in -* | *=*) ;; *[nqt]*) exit 0 ;; esac
  trap pass_on INT TERM HUP
  wait_for_me
  flat "$from"; rules=$here/grown/$flat.mk
  if [ -e "$rules" ] && ! needs_failed; then
    "$CONDUCTO_GNU_MAKE" -f "$CONDUCTO_FILE" --no-print-directory \
      CONDUCTO_GROWN="${CONDUCTO_GROWN:+$CONDUCTO_GROWN }$(escaped "$rules")" "grown/$node" & child=$!
    [ -z "$why" ] || pass_on
    await
    [ "$status" -eq 0 ] || : >"$here/bad/$me,"
  fi
  deaf
  [ -z "$shared" ] || remove_container
  has_ended
  [ -z "$why" ] || exit 130
}
escaped() { printf '%s\n' "$1" | sed 's/[ #\\]/\\&/g; s/\$/$$/g'; }
