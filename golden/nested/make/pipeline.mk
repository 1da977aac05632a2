# Made by conducto from pipeline.py, release. Change that file and compile again.
#
# Run it:
#   make -f pipeline.mk
#   make -f pipeline.mk help
# Make it again:
#   conducto compile --target make pipeline.py
#
# /
# ├─0 Prepare
# │ ├─ Fetch   echo fetch the sources
# │ └─ Tools
# │   ├─0 Compiler   echo install a compiler
# │   └─1 Linker   echo install a linker
# ├─1 Check
# │ ├─ server
# │ │ ├─ lint   echo lint server
# │ │ └─ types   echo check the types of server
# │ └─ client
# │   ├─ lint   echo lint client
# │   └─ types   echo check the types of client
# └─2 Ship
#   ├─0 Pack   echo pack
#   ├─1 Upload
#   │ ├─ eu   echo upload to eu
#   │ ├─ us   echo upload to us
#   │ └─ asia   echo upload to asia
#   └─2 Announce   echo announce

# Settings, for make's command line, as in JOBS=2:
ENGINE := docker#    or host: without containers
JOBS := 8#           how many nodes may run at once, where make itself is given no -j
STATE := .conducto/state/pipeline#  logs, and how each node ended
RUN_FLAGS :=#        more words for every docker run
HOST_IMAGES :=#      ignore: ENGINE=host runs nodes that were given an image, too
# The image of nodes that were given none (without it they have no container), and where commands without one run:
DEFAULT_IMAGE := python:3.13-slim
FOLDER := .

NODES := all Prepare Prepare/Fetch Prepare/Tools Prepare/Tools/Compiler Prepare/Tools/Linker Check \
    Check/server Check/server/lint Check/server/types Check/client Check/client/lint \
    Check/client/types Ship Ship/Pack Ship/Upload Ship/Upload/eu Ship/Upload/us Ship/Upload/asia \
    Ship/Announce

ifeq ($(origin CONDUCTO_RUN),command line)
# ---- The nodes. "A: B": A runs only where B is done. "A: | B": A comes after B, however that ended.

all: | Prepare Check Ship
	@$(join)

Prepare: | Prepare/Fetch Prepare/Tools
	@$(join)

Prepare/Fetch:
	@$(exec) -- 'echo fetch the sources'

Prepare/Tools: | Prepare/Tools/Compiler Prepare/Tools/Linker
	@$(join)

Prepare/Tools/Compiler:
	@$(exec) -- 'echo install a compiler'

Prepare/Tools/Linker: Prepare/Tools/Compiler
	@$(exec) -- 'echo install a linker'

Check: Prepare | Check/server Check/client
	@$(join)

Check/server: Prepare | Check/server/lint Check/server/types
	@$(join)

Check/server/lint: Prepare
	@$(exec) -- 'echo lint server'

Check/server/types: Prepare
	@$(exec) -- 'echo check the types of server'

Check/client: Prepare | Check/client/lint Check/client/types
	@$(join)

Check/client/lint: Prepare
	@$(exec) -- 'echo lint client'

Check/client/types: Prepare
	@$(exec) -- 'echo check the types of client'

Ship: Check | Ship/Pack Ship/Upload Ship/Announce
	@$(join)

Ship/Pack: Check
	@$(exec) -- 'echo pack'

Ship/Upload: Ship/Pack | Ship/Upload/eu Ship/Upload/us Ship/Upload/asia
	@$(join)

Ship/Upload/eu: Ship/Pack
	@$(exec) -- 'echo upload to eu'

Ship/Upload/us: Ship/Pack
	@$(exec) -- 'echo upload to us'

Ship/Upload/asia: Ship/Pack
	@$(exec) -- 'echo upload to asia'

Ship/Announce: Ship/Upload
	@$(exec) -- 'echo announce'

endif
# ======== From here on the same in every pipeline.mk: how nodes are run ========
SHELL := /bin/sh
MAIN := run help list stop clean
given = $(if $(filter file command,$(origin $1)),$($1))
SETTINGS := ENGINE JOBS STATE RUN_FLAGS HOST_IMAGES DEFAULT_IMAGE FOLDER
export CONDUCTO_SET := $(foreach s,$(SETTINGS),$(if $(filter command,$(origin $s)),$s))
export CONDUCTO_FILE := $(MAKEFILE_LIST)
export CONDUCTO_GNU_MAKE = $(MAKE)
export CONDUCTO_ENGINE = $(ENGINE)
export CONDUCTO_JOBS = $(JOBS)
export CONDUCTO_STATE = $(STATE)
export CONDUCTO_FLAGS = $(RUN_FLAGS)
export CONDUCTO_HOST_IMAGES = $(HOST_IMAGES)
export CONDUCTO_IMAGE = $(call given,DEFAULT_IMAGE)
export CONDUCTO_HOSTED = $(if $(filter file command,$(origin DEFAULT_IMAGE)),$(if $(DEFAULT_IMAGE),,yes))
export CONDUCTO_CHOSEN = $(call given,CHOSEN)
export CONDUCTO_FOLDER = $(call given,FOLDER)
export CONDUCTO_SH = $(value conducto.sh)
sh = exec sh -c "$$CONDUCTO_SH" conducto
exec = $(sh) execute '$@' '$^'
join = $(sh) join '$@' '$^'

.SUFFIXES:
.DEFAULT_GOAL := run
.PHONY: $(MAIN) $(NODES)
MAKEFLAGS += -r
# The make that is called runs one more, which is told so by CONDUCTO_RUN and alone reads the nodes' rules.
ifneq ($(origin CONDUCTO_RUN),command line)
GOALS := $(filter-out $(MAIN),$(MAKECMDGOALS))
ifneq ($(filter-out $(NODES),$(GOALS)),)
$(error there is no node $(firstword $(filter-out $(NODES),$(GOALS))): target "list" shows all)
endif
run:
	+@$(sh) run $(or $(GOALS),all)
ifneq ($(GOALS),)
$(GOALS): run ; @:
endif
help stop clean:
	@$(sh) $@
list:
	@:$(foreach n,$(NODES),$(info $n))
endif

define conducto.sh
# conducto: how a node is run. The state of a run, kinds apart, each node by its name with a comma for every slash:
#   log/N.log  what N printed     done/N  failed/N  unrun/N  how N ended     live/N  N is running (its process id)
#   bad/N      N failed or was not run, and is not forgiven     bad/N,  something in the group N is bad
#   image/K    an image that was looked for in this run         lock    the run itself
set -f
engine=$CONDUCTO_ENGINE state=$CONDUCTO_STATE
say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 2; }
nap() { sleep 0.1 2>/dev/null || sleep 1; }
flat() { flat=$1; while :; do case $flat in */*) flat=${flat%%/*},${flat#*/} ;; *) return ;; esac; done; }
first_line() { line=''; { read -r line <"$1"; } 2>/dev/null; }

# ---- what every node does: tell what it is, and look whether what it needs is done
named() { # NAME NEED
  node=$1 need=$2 forgiven=''
  flat "$node"; me=$flat
  case $node in all) path=/ group='' ;; */*) path=/$node group=${node%/*} ;; *) path=/$node group=all ;; esac
}
needs_failed() { [ -n "$need" ] && { flat "$need"; [ -e "$state/bad/$flat" ]; }; }
bad() {
  : >"$state/bad/$me"
  [ -z "$group" ] || { flat "$group"; : >"$state/bad/$flat,"; }
}

join() { # a group has ended
  named "$1" "$2"
  shift 2
  for word; do
    case $word in suppress_errors) forgiven=1 ;; in=*) group=${word#*=} ;; *) die "$node: what is $word?" ;; esac
  done
  if needs_failed; then bad
  elif [ -e "$state/bad/$me," ] && [ -z "$forgiven" ]; then bad
  fi
}

execute() { # an Exec: words for docker and for us, then --, then the command
  named "$1" "$2"
  shift 2
  image=$CONDUCTO_IMAGE n=$#
  [ "$engine" != host ] || image=''
  while [ $n -gt 0 ]; do # what the container or the process is given is gathered behind the command
    word=$1 n=$((n - 1))
    shift
    case $word in
      --) break ;;
      suppress_errors) forgiven=1 ;;
      in=*) group=${word#*=} ;;
      node=*) path=${word#*=} ;;
      image=*) [ "$engine" = host ] || image=${word#*=} ;;
      env:*) if [ -n "$image" ]; then set -- "$@" -e "${word#*:}"; else set -- "$@" "${word#*:}"; fi ;;
      -*) [ -z "$image" ] || set -- "$@" "$word" ;;
      *) die "$node: what is $word?" ;;
    esac
  done
  command=$1
  shift
  if needs_failed; then
    say "$node: not run, as $need is not done"
    : >"$state/unrun/$me"
    bad
  else
    attempt "$@"
  fi
}

attempt() {
  log=$state/log/$me.log why='' child='' container='' stopper='' begun=$(date +%s)
  : >"$state/live/$me"
  trap '' INT TERM HUP # until those who listen are there; what comes meanwhile the run has noted
  open_log
  trap interrupted INT TERM HUP
  [ ! -e "$CONDUCTO_TMP/interrupted" ] || why=interrupted
  if [ -n "$image" ] && ! image_here; then cat "$image_log" >"$pipe"
  elif [ -n "$why" ]; then : >"$pipe"
  else
    if [ -n "$image" ]; then start_container "$@"; else start_process "$@"; fi
    [ -z "$why" ] || stop_child
    await
    [ -n "$image" ] || end_session "$child"
  fi
  rm -f "$state/live/$me"
  [ -z "$stopper" ] || { child=$stopper; await_quietly; }
  close_log
  finish
}

finish() {
  took=$(($(date +%s) - begun))
  if [ -z "$why" ] && [ "$status" -eq 0 ]; then
    : >"$state/done/$me"
    say "$node: done in ${took}s"
    return
  fi
  [ -n "$why" ] || why="exit status $status"
  say "$node: FAILED: $why, after ${took}s${forgiven:+ (forgiven)}"
  echo "$why, after ${took}s${forgiven:+ (forgiven)}" >"$state/failed/$me"
  [ -n "$forgiven" ] || bad
  [ "$why" != interrupted ] || exit 130
}

# ---- interruption: SIGTERM, 2 seconds later SIGKILL, and again until what was started has ended
interrupted() {
  why=interrupted
  [ -z "$child" ] || stop_child
}
await() { # the exit status of $child; a signal ends `wait` early
  while :; do
    wait "$child"
    status=$?
    [ $status -gt 128 ] && kill -0 "$child" 2>/dev/null || return 0
  done
}
stop_child() {
  [ -z "$stopper" ] || return 0
  (
    trap '' INT TERM HUP
    i=0
    while [ -e "$state/live/$me" ]; do
      if [ -n "$container" ]; then
        # It may still be on its way.
        "$engine" stop -t 2 "$container" || [ $i -lt 100 ] || kill "$child"
      elif [ $i -eq 0 ]; then kill -TERM -- "-$child" || kill -TERM "$child"
      elif [ $i -ge 20 ]; then end_session "$child"; kill -KILL "$child"
      fi
      i=$((i + 1))
      nap
    done
  ) >/dev/null 2>&1 & stopper=$!
}

# ---- what it prints: as it is into its log, and line by line, behind its name, to who looks on
open_log() {
  pipe=$CONDUCTO_TMP/$$
  mkfifo "$pipe" "$pipe.shown" && : >"$pipe.tee" || exit 2
  if sed -u p </dev/null >/dev/null 2>&1; then live=-u; else live=''; fi
  LC_ALL=C sed $live "s,^,$node | ," <"$pipe.shown" & shower=$!
  # shellcheck disable=SC2094 # tee's own file has another name
  { sh -c 'echo $$ >"$1.tee"; exec tee "$2"' sh "$pipe" "$log"; : >"$pipe.end"; } <"$pipe" >"$pipe.shown" & logger=$!
}
close_log() {
  [ -n "$image" ] || listen_no_more &
  child=$logger; await_quietly
  child=$shower; await_quietly
  rm -f "$pipe.tee" "$pipe.end" "$pipe" "$pipe.shown"
  [ -z "$(tail -c 1 "$log" 2>/dev/null)" ] || echo
}
await_quietly() { while wait "$child"; [ $? -gt 128 ] && kill -0 "$child" 2>/dev/null; do :; done; }
listen_no_more() { # a process that has left its session may hold the pipe for ever
  i=0
  while [ -e "$pipe.tee" ] && [ ! -e "$pipe.end" ] && [ $i -lt 30 ]; do i=$((i + 1)); nap; done
  [ -e "$pipe.tee" ] && [ ! -e "$pipe.end" ] && first_line "$pipe.tee" && kill -KILL "$line"
}

# ---- in a container
image_here() { # an image is looked for, and pulled where it is not here, by the first node that wants it
  key=$(printf %s "$image" | cksum) key=$state/image/${key%% *}
  image_log=$key/log
  if mkdir "$key" 2>/dev/null; then
    look_for_image >"$image_log" 2>&1 & child=$!
    await
    child=''
    echo "$status" >"$key/new"
    mv "$key/new" "$key/status"
  fi
  until [ -e "$key/status" ] || [ -n "$why" ]; do nap; done
  first_line "$key/status"
  [ "${line:-0}" -ne 0 ] || return 0
  [ -n "$why" ] || why="no image $image"
  return 1
}
look_for_image() {
  "$engine" image inspect "$image" >/dev/null 2>&1 && exit
  say "pulling $image"
  exec "$engine" pull -q "$image"
}

start_container() {
  container=conducto-$CONDUCTO_RUN-$$
  # shellcheck disable=SC2016 # for the container's shell
  chosen='exec 2>&1
    if command -v bash >/dev/null; then exec bash -c "$1"; fi
    for bash in /bin/bash /usr/bin/bash /usr/local/bin/bash; do
      if [ -x "$bash" ]; then exec "$bash" -c "$1" bash; fi
    done
    if command -v sh >/dev/null; then exec sh -c "$1"; fi
    exec /bin/sh -c "$1" sh'
  # shellcheck disable=SC2086 # words
  "$engine" run --rm --init --pull=never --name "$container" --label conducto.run="$CONDUCTO_RUN" \
    --label conducto.state="$PWD/$state" --label conducto.node="$node" -e CONDUCTO_NODE="$path" \
    -e CONDUCTO_PIPELINE_ID="$CONDUCTO_RUN" "$@" $CONDUCTO_FLAGS --entrypoint /bin/sh "$image" \
    -c "$chosen" sh "$command" </dev/null >"$pipe" 2>&1 & child=$!
}

# ---- on this host: in a session of its own, so that all of it can be ended
start_process() {
  become "$@" </dev/null >"$pipe" 2>&1 & child=$!
  echo "$child" >"$state/live/$me"
}
become() {
  CDPATH='' cd -- "$CONDUCTO_FOLDER" || exit 126
  shell=$(command -v bash) || shell=$(command -v sh)
  set -- "$@" CONDUCTO_NODE="$path" CONDUCTO_PIPELINE_ID="$CONDUCTO_RUN" "$shell" -c "$command" "${shell##*/}"
  lead=$CONDUCTO_LEAD
  # shellcheck disable=SC2046,SC2086 # words
  unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES MAKE_TERMOUT MAKE_TERMERR $CONDUCTO_SET \
    $(env | LC_ALL=C sed -n 's/^\(CONDUCTO_[A-Za-z0-9_]*\)=.*/\1/p')
  # shellcheck disable=SC2016 # for perl
  case $lead in
    env) exec setsid env --default-signal=INT,QUIT "$@" ;;
    perl) exec perl -e 'use POSIX; $SIG{INT} = $SIG{QUIT} = "DEFAULT"; setsid; exec @ARGV' env "$@" ;;
    *) exec setsid env "$@" ;;
  esac
}
leader() { # what gives a process its session, and the SIGINT back that a shell takes from what it runs beside itself
  if command -v setsid >/dev/null && env --default-signal=INT true 2>/dev/null; then echo env
  elif command -v perl >/dev/null; then echo perl
  elif command -v setsid >/dev/null; then echo setsid
  else return 1
  fi
}
end_session() { # ID
  kill -KILL -- "-$1" 2>/dev/null
  round=0
  while [ -r /proc/self/stat ] && [ $round -lt 9 ]; do # what is in a process group of its own there
    set +f
    strays=$(grep -ls ") [^XZ] [0-9]* [0-9]* $1 " /proc/[0-9]*/stat)
    set -f
    [ -n "$strays" ] || break
    for stray in $strays; do stray=${stray#/proc/}; kill -KILL "${stray%/stat}" 2>/dev/null; done
    round=$((round + 1))
  done
}

# ---- the run as a whole
place() { # to the folder of this makefile, whose name may hold blanks
  file=${CONDUCTO_FILE# }
  while [ ! -e "$file" ]; do case $file in *' '*) file=${file#* } ;; *) die "where is $CONDUCTO_FILE?" ;; esac; done
  case $file in */*) here=${file%/*}/ ;; *) here='' ;; esac
  CDPATH='' cd -P -- "${here:-./}" || exit 2
  file=$PWD/${file##*/}
  case $state in /*) shown=$state ;; *) shown=$here$state ;; esac
}
alive() { # whether process $1 is one that runs a pipeline
  kill -0 "$1" 2>/dev/null || ps -p "$1" >/dev/null 2>&1 || return 1
  words=$(ps -o args= -p "$1" 2>/dev/null) || return 0
  case $words in *'# conducto: how a node is run'*) return 0 ;; *) return 1 ;; esac
}
holder() { # the process that holds the lock, in $line, if it lives
  [ -d "$state/lock" ] || return 1
  first_line "$state/lock/pid"
  [ -n "$line" ] || { nap; first_line "$state/lock/pid"; }
  [ -n "$line" ] && alive "$line"
}
lock() {
  ours_or_empty || die "$shown holds something else than the state of a pipeline"
  mkdir -p "$state" && echo '*' >"$state/.gitignore" || exit 2
  until mkdir "$state/lock" 2>/dev/null; do
    ! holder || die "this pipeline is being run already, by process $line (its state is $shown)"
    mv "$state/lock" "$state/lock.$$" 2>/dev/null && rm -rf "$state/lock.$$"
  done
  echo $$ >"$state/lock/pid"
}
ours_or_empty() { # whether nothing is lost where the state is wiped
  first_line "$state/.gitignore"
  [ "$line" = '*' ] || [ -z "$(ls -A "$state" 2>/dev/null)" ]
}
wipe() { for kind in "done" failed unrun bad live image log; do rm -rf "${state:?}/$kind"; done; }

run() { # GOALS
  place
  case ${MAKEFLAGS%% *} in -* | *=*) ;; *[nqt]*) exec "$CONDUCTO_GNU_MAKE" -f "$file" --no-print-directory CONDUCTO_RUN=dry "$@" ;; esac
  can_run
  why='' child=''
  trap pass_on INT TERM HUP
  lock
  trap 'rm -rf "$state/lock"' EXIT # an interruption ends what is run here besides, which may end this
  wipe
  mkdir "$state/done" "$state/failed" "$state/unrun" "$state/bad" "$state/live" "$state/image" "$state/log" || exit 2
  CONDUCTO_RUN=$(date +%Y%m%d-%H%M%S)-$$
  CONDUCTO_TMP=$(mktemp -d) || exit 2
  export CONDUCTO_TMP
  case " ${MAKEFLAGS%% -- *} " in *' -j'*) jobs='' ;; *) jobs=$CONDUCTO_JOBS ;; esac
  "$CONDUCTO_GNU_MAKE" -f "$file" --no-print-directory ${jobs:+"-j$jobs"} CONDUCTO_RUN="$CONDUCTO_RUN" "$@" & child=$!
  [ -z "$why" ] || pass_on
  await
  trap '' INT TERM HUP
  sweep conducto.run="$CONDUCTO_RUN"
  rm -rf "$CONDUCTO_TMP"
  [ "$status" -eq 0 ] && [ -z "$why" ] && result=0 || result=1
  for goal; do flat "$goal"; [ ! -e "$state/bad/$flat" ] || result=1; done
  summary
  exit "$result"
}

pass_on() { # an interruption: to the make that runs the nodes, and for those that are about to listen
  why=interrupted
  [ -n "$child" ] || return 0
  : >"$CONDUCTO_TMP/interrupted"
  kill -TERM "$child" 2>/dev/null
}

can_run() {
  if [ "$engine" = host ]; then
    [ -z "$CONDUCTO_CHOSEN" ] || [ "$CONDUCTO_HOST_IMAGES" = ignore ] ||
      die "ENGINE=host has no images, and $CONDUCTO_CHOSEN is given one (HOST_IMAGES=ignore runs it all the same)"
  elif [ "$engine" != docker ]; then die "ENGINE is docker or host, not $engine"
  elif [ -n "$CONDUCTO_IMAGE$CONDUCTO_CHOSEN" ]; then
    answer=$(docker version 2>&1 >/dev/null) || die "docker does not answer: $answer"
  fi
  if [ "$engine" = host ] || [ -n "$CONDUCTO_HOSTED" ]; then
    [ -n "$CONDUCTO_FOLDER" ] || die "commands run in the folder of the pipeline's source: say which that is, FOLDER=path"
    CONDUCTO_LEAD=$(leader) || die "a command without a container needs setsid or perl here"
    export CONDUCTO_LEAD
    say "commands without a container have no isolation, no cpu, mem and gpu of their own"
  fi
}

sweep() { # LABEL: what has outlived its node, where that was killed
  strayed=$why
  set +f
  for left in "$state"/live/*; do
    set -f
    [ -e "$left" ] || continue
    strayed=1
    first_line "$left"
    [ -z "$line" ] || ! ours "$line" || end_session "$line"
  done
  set -f
  [ -n "$strayed" ] && [ "$engine" != host ] || return 0
  # shellcheck disable=SC2046 # ids are words
  set -- $(docker ps -aq --filter "label=$1" 2>/dev/null)
  [ $# -eq 0 ] || docker rm -f "$@" >/dev/null 2>&1
}
ours() { # whether process $1 is a command of a pipeline
  { tr '\0' '\n' <"/proc/$1/environ" || ps eww -o command= -p "$1" | tr ' ' '\n'; } 2>/dev/null |
    grep -q '^CONDUCTO_PIPELINE_ID='
}

count() { set +f; set -- "$state/$1"/*; set -f; [ -e "$1" ] || shift; echo $#; }
summary() {
  say ----
  set +f
  for left in "$state"/failed/*; do
    set -f
    [ -e "$left" ] || continue
    first_line "$left"
    name=${left##*/}
    say "FAILED $(printf %s "$name" | tr , /): $line, log in $shown/log/$name.log"
  done
  set -f
  say "$(count "done") done, $(count failed) failed, $(count unrun) not run${why:+, $why}"
}

stop() {
  place
  why=stopped i=0
  if holder; then
    kill -TERM "$line"
    while [ -d "$state/lock" ] && [ $i -lt 150 ]; do i=$((i + 1)); nap; done
  fi
  sweep conducto.state="$PWD/$state"
}
clean() {
  place
  ! holder || die "this pipeline is being run by process $line"
  [ -d "$state" ] || return 0
  ours_or_empty || die "$shown holds something else than the state of a pipeline"
  wipe
  rm -rf "${state:?}/lock" "$state/.gitignore"
  rmdir "$state"
}
help() {
  place
  sed -n '/^NODES/q; s/^# \{0,1\}//; p' "$file"
}

"$@"
endef
