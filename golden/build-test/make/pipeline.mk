# Made by conducto from pipeline.py, run. Change that file and compile again.
#
# Run it:
#   make -f pipeline.mk
#   make -f pipeline.mk help
# Make it again:
#   conducto compile --target make pipeline.py
#
# /
# ├─0 Build   echo docker build, make, npm i, etc.
# └─1 Test
#   ├─ app   echo run test for app
#   ├─ backend   echo run test for backend
#   └─ metrics   echo run test for metrics

# Settings, for make's command line, as in JOBS=2:
ENGINE := docker#    or host: without containers
JOBS := 8#           how many nodes may run at once, where make itself is given no -j
STATE := .conducto/state/pipeline#  logs, and how each node ended
RUN_FLAGS :=#        more words for every docker run
HOST_IMAGES :=#      ignore: ENGINE=host runs nodes that were given an image, too
# The image of nodes that were given none (without it they have no container), and where commands without one run:
DEFAULT_IMAGE := python:3.13-slim
FOLDER := .

NODES := all Build Test Test/app Test/backend Test/metrics

ifeq ($(origin CONDUCTO_RUN),command line)
# ---- The nodes. "A: B": A runs only where B is done. "A: | B": A comes after B, however that ended.

all: | Build Test
	@$(join)

Build:
	@$(exec) -- 'echo docker build, make, npm i, etc.'

Test: Build | Test/app Test/backend Test/metrics
	@$(join)

Test/app: Build
	@$(exec) -- 'echo run test for app'

Test/backend: Build
	@$(exec) -- 'echo run test for backend'

Test/metrics: Build
	@$(exec) -- 'echo run test for metrics'

endif
# ======== From here on the same in every pipeline.mk: how nodes are run ========
SHELL := /bin/sh
MAIN := run help list stop clean
given = $(if $(filter file command,$(origin $1)),$($1))
SETTINGS := ENGINE JOBS STATE RUN_FLAGS HOST_IMAGES DEFAULT_IMAGE FOLDER ROOT
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
export CONDUCTO_ROOT = $(call given,ROOT)
export CONDUCTO_SH = $(value conducto.sh)
sh = exec sh -c "$$CONDUCTO_SH" conducto
exec = $(sh) execute '$@' '$^'
join = $(sh) join '$@' '$^'
again = $(sh) again '$@' '$^' '$|'
build = $(sh) build '$@' '$^'

.SUFFIXES:
.DEFAULT_GOAL := run
.PHONY: $(MAIN) $(NODES) $(call given,ATTEMPTS) $(call given,IMAGES)
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
#   image/K    an image that was looked for in this run         late/N  the group N is over its max_time
#   began/N    when the group N began      container/N  what the Execs of N share       slot/N  what N has room for
#   again/N    the state of an attempt of the group N, until it is the last             node/P  process P is at work
#   grown/N    what the Generate N made, as rules for make
#   data       what the Execs of this run share               out        of that, what is handed out
#   lock       the run itself
set -f
engine=$CONDUCTO_ENGINE state=$CONDUCTO_STATE here=$CONDUCTO_STATE${CONDUCTO_SCOPE:+/$CONDUCTO_SCOPE} strayed='' sharing='' tidy=: ready=: path=''
say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 2; }
nap() { sleep 0.1 2>/dev/null || sleep 1; }
# shellcheck disable=SC2086 # its parts
flat() { IFS=/; set -- $1; IFS=,; flat=$*; unset IFS; }
first_line() { line=''; { read -r line <"$1"; } 2>/dev/null; }

# ---- what every node does: tell what it is, and look whether what it needs is done
named() { # NAME NEED
  node=$1 need=$2 forgiven=''
  flat "$node"; me=$flat
  case $node in all) path=/ group='' ;; */*) path=/$node group=${node%/*} ;; *) path=/$node group=all ;; esac
}
needs_failed() { [ -n "$need" ] && { flat "$need"; [ -e "$here/bad/$flat" ]; }; }
bad() {
  : >"$here/bad/$me"
  [ -z "$group" ] || { flat "$group"; : >"$here/bad/$flat,"; }
}
not_run() { # WHY
  say "$node: not run, as $1"
  : >"$here/unrun/$me"
  bad
}
place_of() { # GROUP: where it is noted what a group has come to, in $place
  flat "$1"; place=$here
  ! [ -e "$CONDUCTO_TMP/known/$flat" ] || { first_line "$CONDUCTO_TMP/known/$flat"; place=$state/$line; }
}

join() { # a group has ended
  named "$1" "$2"
  shift 2
  for word; do
    case $word in
      of=*) named "${word#*=}" ''; group='' ;;
      suppress_errors) forgiven=1 ;;
      in=*) group=${word#*=} ;;
      container) remove_container ;;
      *) die "$node: what is $word?" ;;
    esac
  done
  has_ended
}
has_ended() { # what is in it; it counts as failed for what is around it, or not
  if needs_failed; then bad
  elif [ -n "$forgiven" ]; then :
  elif [ -e "$here/bad/$me," ] || [ -e "$here/late/$me" ]; then bad
  fi
}

execute() { # an Exec: words for docker and for us, then --, then the command
  named "$1" "$2"
  shift 2
  image=$CONDUCTO_IMAGE code='' shell='' runtime='' generate='' secrets='' linked='' shared='' slots='' within='' limit='' turns=1 flags=0 n=$#
  [ "$engine" != host ] || image=''
  while [ $n -gt 0 ]; do # what the container or the process is given is gathered behind the command
    word=$1 n=$((n - 1))
    shift
    case $word in
      --) break ;;
      suppress_errors) forgiven=1 ;;
      in=*) group=${word#*=} ;;
      node=*) path=${word#*=} ;;
      image=*) if [ "$engine" = host ]; then code=${word#*=}; else image=${word#*=}; fi ;;
      code=*) code=${word#*=}; [ -z "$image" ] || image=$code ;;
      shell=*) shell=${word#*=} ;;
      runtime) runtime=1 ;;
      generate) generate=1 ;;
      secret:*) secrets="$secrets ${word#*:}" ;;
      container=*) shared=${word#*=} ;;
      slot=*) slots="$slots ${word#*=}" ;;
      within=*) within="$within ${word#*=}" ;;
      max_time=*) limit=${word#*=} ;;
      retries=*) turns=$((${word#*=} + 1)) ;;
      env:*) if [ -n "$image" ]; then set -- "$@" -e "${word#*:}"; else set -- "$@" "${word#*:}"; fi ;;
      docker | data | mounts | run:* | -*)
        [ -n "$image" ] || { [ "$word" != data ] || linked=1; continue; }
        case $word in
          data | mounts) mount_data; set -- "$@" "--mount=$pipeline_mount" "--mount=$user_mount" ;;
          docker) docker_socket; set -- "$@" "--volume=$socket:/var/run/docker.sock" "--group-add=$socket_group" ;;
          *) set -- "$@" "${word#run:}" ;;
        esac
        flags=$(($# - n)) # of those gathered, the ones that are not env
        ;;
      *) die "$node: what is $word?" ;;
    esac
  done
  command=$1
  shift
  if needs_failed; then not_run "$need is not done"; else attempts "$@"; fi
}

attempts() {
  turn=1 why=''
  [ -z "$slots" ] || take_slots
  if [ -n "$within" ] && out_of_time; then not_run "$late is over its max_time"
  else
    while attempt "$@"; [ -n "$why" ] && [ -z "$final" ] && [ "$turn" -lt "$turns" ]; do
      say "$node: attempt $turn of $turns failed: $why, after ${took}s"
      turn=$((turn + 1))
    done
    finish
  fi
  [ -z "$slots" ] || free_slots
  [ "$why" != interrupted ] || exit 130
}
attempt() { # the command, once: in $why why it failed, in $final whether it would fail again
  begin "$state/log/$me.log"
  [ -z "$generate" ] || before_generate
  if [ -n "$image$code" ] && ! image_here; then cat "$image_log" >"$pipe"
  elif [ -n "$secrets" ] && ! secrets_here; then echo "$why" >"$pipe"
  elif [ -n "$linked" ] && ! link_data; then echo "$why" >"$pipe"
  elif [ -n "$why" ]; then : >"$pipe"
  else
    [ -z "$within" ] || groups_begin
    if [ -z "$image" ]; then start_process "$@"; elif [ -n "$shared" ]; then start_shared "$@"; else start_container "$@"; fi
    wait_for_it
  fi
  end
  [ -z "$shared" ] || [ -z "$image" ] || said_in_shared
  [ -n "$why" ] || [ "$status" -eq 0 ] || why="exit status $status"
  [ -z "$generate" ] || [ -n "$why" ] || take_generated
  [ -z "$limit$within" ] || time_was_over
}
finish() {
  if [ -z "$why" ]; then
    : >"$here/done/$me"
    say "$node: done in ${took}s"
    return
  fi
  told="$why, after ${took}s"
  [ "$turn" -eq 1 ] || told="$told in attempt $turn of $turns"
  told="$told${forgiven:+ (forgiven)}"
  say "$node: FAILED: $told"
  echo "$told" >"$here/failed/$me"
  [ -n "$forgiven" ] || bad
}

# ---- something that runs: it is $child, what it prints goes to $pipe, and $running is there until it has ended
begin() { # LOG
  log=$1 why='' final='' status=1 child='' container='' made='' id='' folder='' stoppers='' begun=$(date +%s)
  wait_for_me
  deaf # until those who listen are there; what comes meanwhile the run has noted
  : >"$state/live/$me"
  open_log
  running=$pipe.$turn
  : >"$running"
  trap interrupted INT TERM HUP
  [ ! -e "$CONDUCTO_TMP/interrupted" ] || why=interrupted final=1
}
wait_for_it() {
  [ -n "$child" ] || return 0
  [ -z "$why" ] || stop_child 2
  [ -z "$limit$within" ] || keep_time
  await
  [ -n "$container" ] || end_session "$child"
}
deaf() { trap '' INT TERM HUP; } # and so is all that is started from then on
end() {
  deaf # or a signal to all would end what tidies up here
  rm -f "$state/live/$me" "$running"
  for child in $stoppers; do await_quietly; done
  close_log
  took=$(($(date +%s) - begun))
}
await() { # the exit status of $child; a signal ends `wait` early
  while :; do
    wait "$child" 2>/dev/null # or a shell tells of it
    status=$?
    [ $status -gt 128 ] && kill -0 "$child" 2>/dev/null || return 0
  done
}
await_quietly() { while wait "$child" 2>/dev/null; [ $? -gt 128 ] && kill -0 "$child" 2>/dev/null; do :; done; }

# ---- its end before its time: SIGTERM, some seconds later SIGKILL, and again until it has ended
interrupted() {
  [ -z "$child" ] || [ "$why" = interrupted ] || stop_child 2
  why=interrupted final=1
}
stop_child() {
  deaf
  stopping "$1" >/dev/null 2>&1 & stoppers="$stoppers $!"
}
stopping() { # SECONDS
  signal=TERM round=0 last=$(($(date +%s) + $1))
  while [ -e "$running" ]; do
    if [ -n "$container" ] && [ -n "$shared" ]; then stop_in_shared
    elif [ -n "$container" ]; then # it may still be on its way
      "$engine" stop -t "$1" "$container" || [ $round -lt 100 ] || kill "$child"
    elif [ $signal = KILL ]; then end_session "$child"; kill -KILL "$child"
    elif [ $round -eq 0 ]; then kill -TERM -- "-$child" || kill -TERM "$child"
    fi
    [ "$(date +%s)" -le $last ] || signal=KILL
    round=$((round + 1))
    nap
  done
}

# ---- what it prints: as it is into its log, and line by line, behind its name, to who looks on
open_log() {
  pipe=$CONDUCTO_TMP/$$ add=''
  if [ "$turn" -gt 1 ]; then add="attempt $turn of $turns"; else add=${CONDUCTO_TRIAL-}; fi
  [ -z "$add" ] || { end_line; echo "---- $add"; } >>"$log"
  mkfifo "$pipe" "$pipe.shown" && : >"$pipe.tee" || exit 2
  if sed -u p </dev/null >/dev/null 2>&1; then live=-u; else live=''; fi
  LC_ALL=C sed $live "s,^,$node | ," <"$pipe.shown" & shower=$!
  # shellcheck disable=SC2094 # tee's own file has another name
  { sh -c 'echo $$ >"$1.tee"; exec tee ${3:+-a} "$2"' sh "$pipe" "$log" "$add"; : >"$pipe.end"; } <"$pipe" >"$pipe.shown" & logger=$!
}
close_log() {
  [ -n "$container" ] || listen_no_more &
  child=$logger; await_quietly
  child=$shower; await_quietly
  rm -f "$pipe.tee" "$pipe.end" "$pipe" "$pipe.shown"
  end_line
}
end_line() { [ -z "$(tail -c 1 "$log" 2>/dev/null)" ] || echo; }
listen_no_more() { # a process that has left its session may hold the pipe for ever
  i=0
  while [ -e "$pipe.tee" ] && [ ! -e "$pipe.end" ] && [ $i -lt 30 ]; do i=$((i + 1)); nap; done
  [ -e "$pipe.tee" ] && [ ! -e "$pipe.end" ] && first_line "$pipe.tee" && kill -KILL "$line"
}

# ---- in a container
image_here() { # an image is looked for, and pulled where it is not here, by the first node that wants it
  note_of "${image:-$code}"
  image_log=$note/log
  if [ -n "$image" ] && mkdir "$note" 2>/dev/null; then
    look_for_image >"$image_log" 2>&1 & child=$!
    await
    child=''
    noted "$status"
  fi
  [ -e "$note" ] || return 0
  until [ -e "$note/status" ] || [ -n "$why" ]; do nap; done
  first_line "$note/status"
  [ "$line" = 0 ] && { [ ! -e "$note/made" ] || image_made; return; }
  final=1
  if [ -n "$why" ]; then :
  elif [ -e "$note/made" ]; then why="its image could not be made"
  else why="no image $image"
  fi
  return 1
}
note_of() { # IMAGE: the folder of what is noted of it, in $note
  note=$(printf %s "$1" | cksum) note=$state/image/${note%% *}
}
noted() { # STATUS: how it went
  echo "$1" >"$note/new"
  mv "$note/new" "$note/status"
}
look_for_image() {
  "$engine" image inspect "$image" >/dev/null 2>&1 && exit
  say "pulling $image"
  in_session "$CONDUCTO_LEAD" "$engine" pull -q "$image"
}

hand_over() { # what a command is given besides: in $prelude what a shell does before it, in $given words for that shell
  prelude='' given='' more=''
  [ -z "$secrets" ] || hand_over_secrets
  [ -z "$runtime" ] || prelude=$prelude$runtime_first
  [ -z "$generate" ] || prelude=$prelude$lazy_first
  [ -z "$made" ] || hand_over_git
}
# A container's shell becomes the command's. It has the command and the image's shell as its arguments.
# shellcheck disable=SC2016 # for that shell
choose='
  if [ -n "$2" ]; then exec "$2" -c "$1"; fi
  if command -v bash >/dev/null; then exec bash -c "$1"; fi
  for CONDUCTO_SHELL in /bin/bash /usr/bin/bash /usr/local/bin/bash; do
    if [ -x "$CONDUCTO_SHELL" ]; then exec "$CONDUCTO_SHELL" -c "$1" bash; fi
  done
  if command -v sh >/dev/null; then exec sh -c "$1"; fi
  exec /bin/sh -c "$1" sh'
start_container() {
  container=conducto-$CONDUCTO_RUN-$$-$turn
  hand_over
  # shellcheck disable=SC2086 # words
  in_session "$CONDUCTO_LEAD" "$engine" run --rm --init --pull=never --name "$container" --label conducto.run="$CONDUCTO_RUN" \
    --label conducto.state="$PWD/$state" --label conducto.node="$node" -e CONDUCTO_NODE="$path" \
    -e CONDUCTO_PIPELINE_ID="$CONDUCTO_RUN" $more "$@" $CONDUCTO_FLAGS --entrypoint /bin/sh "${id:-$image}" \
    -c "exec 2>&1$prelude$choose" sh $given ${runtime:+/conducto/bin} "$command" "$shell" \
    </dev/null >"$pipe" 2>&1 & child=$!
}

# ---- on this host: in a session of its own, so that all of it can be ended
start_process() {
  become "$@" </dev/null >"$pipe" 2>&1 & child=$!
  echo "$child" >"$state/live/$me"
}
become() {
  [ -n "$shell" ] || shell=$(command -v bash) || shell=$(command -v sh)
  lead=$CONDUCTO_LEAD runs=$CONDUCTO_RUN tools=$CONDUCTO_TMP/bin folder=${folder:-$CONDUCTO_FOLDER}
  # shellcheck disable=SC2046,SC2086 # words
  unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES MAKE_TERMOUT MAKE_TERMERR $CONDUCTO_SET \
    $(env | LC_ALL=C sed -n 's/^\(CONDUCTO_[A-Za-z0-9_]*\)=.*/\1/p')
  hand_over
  CDPATH='' cd -- "$folder" || exit 126
  set -- "$@" CONDUCTO_NODE="$path" CONDUCTO_PIPELINE_ID="$runs"
  # shellcheck disable=SC2086 # words
  if [ -z "$prelude" ]; then set -- "$@" "$shell" -c "$command" "${shell##*/}"
  else set -- "$@" sh -c "$prelude
exec \"\$@\"" sh $given ${runtime:+"$tools"} "$shell" -c "$command" "${shell##*/}"
  fi
  in_session "$lead" "$@"
}
in_session() { # LEADER, words for env. Docker, too: it hears a terminal's signals even where they are ignored, and may end well
  lead=$1
  shift
  # shellcheck disable=SC2016 # for perl
  case $lead in
    env) exec setsid env --default-signal=INT,QUIT "$@" ;;
    perl) exec perl -e 'use POSIX; $SIG{INT} = $SIG{QUIT} = "DEFAULT"; setsid; exec @ARGV' env "$@" ;;
    setsid) exec setsid env "$@" ;;
    *) exec env "$@" ;;
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
  while [ -r /proc/self/stat ] && [ $round -lt 9 ]; do
    find_strays "$1"
    [ -n "$strays" ] || break
    for stray in $strays; do stray=${stray#/proc/}; kill -KILL "${stray%/*}" 2>/dev/null; done
    round=$((round + 1))
  done
}
find_strays() { # SESSION: what has a process group of its own there, or has left it with the environment of its node
  set +f
  strays=$(grep -ls ") [^XZ] [0-9]* [0-9]* $1 " /proc/[0-9]*/stat)
  of_run=$(grep -ls "CONDUCTO_PIPELINE_ID=$CONDUCTO_RUN" /proc/[0-9]*/environ)
  for stray in $of_run; do
    tr '\n\0' '\1\n' 2>/dev/null <"$stray" |
      LC_ALL=C grep -Fqx "CONDUCTO_NODE=$(printf %s "$path" | tr '\n' '\1')" && strays="$strays $stray"
  done
  set -f
}

# ---- the run as a whole
place() { # to the folder of this makefile, whose name may hold blanks
  file=$CONDUCTO_FILE
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
let_go() {
  [ -z "$sharing" ] || unlink_data
  rm -rf "$state/lock"
}
ours_or_empty() { # whether nothing is lost where the state is wiped
  first_line "$state/.gitignore"
  [ "$line" = '*' ] || [ -z "$(ls -A "$state" 2>/dev/null)" ]
}
wipe() {
  [ -z "$sharing" ] || wipe_data
  for kind in "done" failed unrun bad late live image log began container slot again grown node data out shared; do rm -rf "${state:?}/$kind"; done
}

run() { # GOALS
  place
  case ${MAKEFLAGS%% *} in -* | *=*) ;; *[nqt]*) exec "$CONDUCTO_GNU_MAKE" -f "$file" --no-print-directory CONDUCTO_RUN=dry "$@" ;; esac
  can_run
  why='' child=''
  trap pass_on INT TERM HUP QUIT
  lock
  trap let_go EXIT # an interruption ends what is run here besides, which may end this
  wipe
  for kind in "done" failed unrun bad late live image log node; do mkdir "$state/$kind" || exit 2; done
  [ -z "$sharing" ] || share
  unset CONDUCTO_SCOPE CONDUCTO_TRIAL
  CONDUCTO_RUN=$(date +%Y%m%d-%H%M%S)-$$
  CONDUCTO_TMP=$(mktemp -d) || exit 2
  export CONDUCTO_TMP
  case " ${MAKEFLAGS%% -- *} " in *' -j'*) jobs='' ;; *) jobs=$CONDUCTO_JOBS ;; esac
  "$CONDUCTO_GNU_MAKE" -f "$file" --no-print-directory ${jobs:+"-j$jobs"} CONDUCTO_RUN="$CONDUCTO_RUN" "$@" & child=$!
  [ -z "$why" ] || pass_on
  await
  trap '' INT TERM HUP QUIT
  end_nodes "$state"
  sweep conducto.run="$CONDUCTO_RUN"
  $tidy
  [ -z "$sharing" ] || hand_out
  rm -rf "$CONDUCTO_TMP" 2>/dev/null || { nap; rm -rf "$CONDUCTO_TMP"; } # something was put there meanwhile
  [ "$status" -eq 0 ] && [ -z "$why" ] && result=0 || result=1
  for goal; do flat "$goal"; [ ! -e "$state/bad/$flat" ] || result=1; done
  summary
  exit "$result"
}

wait_for_me() {
  : >"$here/node/$$"
  trap 'rm -f "$here/node/$$"' EXIT
}
end_nodes() { # STATE: those for which make has not waited. A signal that comes again ends it, as soon as one of them has ended
  set +f
  for left in "$1"/node/*; do
    set -f
    while [ -e "$left" ] && kill -TERM "${left##*/}" 2>/dev/null; do nap; done
  done
  set -f
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
  $ready
  [ -z "$sharing" ] || can_share
  CONDUCTO_LEAD=$(leader) || CONDUCTO_LEAD=''
  export CONDUCTO_LEAD
  if [ "$engine" = host ] || [ -n "$CONDUCTO_HOSTED" ]; then
    [ -n "$CONDUCTO_FOLDER" ] || die "commands run in the folder of the pipeline's source: say which that is, FOLDER=path"
    [ -n "$CONDUCTO_LEAD" ] || die "a command without a container needs setsid or perl here"
    say "commands without a container have no isolation, no cpu, mem and gpu of their own"
  fi
}

sweep() { # LABEL: what has outlived its node, where that was killed
  strayed=$strayed$why
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
  set -- $(undisturbed docker ps -aq --filter "label=$1" 2>/dev/null)
  [ $# -eq 0 ] || undisturbed docker rm -f "$@" >/dev/null 2>&1
}
undisturbed() { (in_session "${CONDUCTO_LEAD-}" "$@"); }
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
