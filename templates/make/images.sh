# ---- images that are made here, once a run, before what needs them: image/K/made says so, id is what was built, git and
# folder (for commands without a container) tell where its code comes from
tidy=forget_bases
build() { # NAME NEED TAG, and what it is made of
  node=$1 need=$2 image=$3 turn=1 limit='' within='' shared=''
  shift 3
  ! needs_failed || return 0
  note_of "$image"
  mkdir "$note" 2>/dev/null || return 0
  : >"$note/made"
  flat "$node"; me=$flat
  begin "$note/log"
  if [ -n "$why" ]; then : >"$pipe"
  else
    in_session "$CONDUCTO_LEAD" CONDUCTO_PIPELINE_ID="$CONDUCTO_RUN" \
      sh -c "$CONDUCTO_SH" conducto make_image "$note" "$image" "$@" </dev/null >"$pipe" 2>&1 & child=$!
    echo "$child" >"$state/live/$me"
    wait_for_it
  fi
  end
  [ -z "$why" ] || status=1
  if [ "$status" -eq 0 ]; then say "$node: made in ${took}s"
  else say "$node: FAILED: ${why:-exit status $status}, after ${took}s, log in $log"
  fi
  noted "$status"
  [ "$why" != interrupted ] || exit 130
}
image_made() { # what an Exec takes from it
  made=1
  first_line "$note/id"; id=$line
  first_line "$note/folder"; folder=$line
}
hand_over_git() {
  while read -r word line; do
    export "CONDUCTO_GIT_$word=$line"
    more="$more -e CONDUCTO_GIT_$word"
  done <"$note/git"
}
# shellcheck disable=SC2016 # for the shell that becomes the command's
runtime_first='
  export PATH="$1${PATH:+:$PATH}" PYTHONPATH="$1/conducto${PYTHONPATH:+:$PYTHONPATH}"
  shift'

make_image() { # FOLDER TAG, words, --, and what a Dockerfile says after FROM: in a process of its own
  note=$1 tag=$2
  shift 2
  base=$CONDUCTO_IMAGE text='' file='' context='' platform='' code='' url='' branch='' rules='' workdir='' runtime='' n=$#
  [ "$engine" != host ] || base=''
  while [ $n -gt 0 ]; do # build arguments are gathered behind the Dockerfile
    word=$1 n=$((n - 1))
    shift
    case $word in
      --) break ;;
      base=*) base=${word#*=} ;;
      dockerfile=*) file=${word#*=} ;;
      text=*) text=${word#*=} ;;
      context=*) context=${word#*=} ;;
      arg:*) set -- "$@" --build-arg "${word#*:}" ;;
      platform=*) platform=${word#*=} ;;
      code=*) code=${word#*=} ;;
      clone=*) url=${word#*=} ;;
      branch=*) branch=${word#*=} ;;
      exclude=*) rules="$rules
${word#*=}" ;;
      workdir) workdir=1 ;;
      runtime=*) runtime=${word#*=} ;;
      *) die "what is $word?" ;;
    esac
  done
  steps=$1
  shift
  set -e
  # shellcheck disable=SC2046 # names
  unset $(git rev-parse --local-env-vars 2>/dev/null)
  : >"$note/git"
  [ -z "$file$context$code$runtime" ] || [ -n "$CONDUCTO_ROOT" ] ||
    die "this image is made of files of the repository: say where that is, ROOT=path"
  if [ -n "$code" ]; then find_folder; elif [ -n "$url" ]; then clone; fi
  [ -z "$runtime" ] || find_runtime
  if [ "$engine" = host ] || [ -z "$base$file$text" ]; then stay_here; else build_image "$@"; fi
}
find_folder() {
  folder=$(in_repository "$code")
  [ "$(git -C "$folder" rev-parse --is-inside-work-tree 2>/dev/null)" = true ] || return 0
  url=$(git -C "$folder" remote get-url origin 2>/dev/null) || url=''
  branch=$(git -C "$folder" symbolic-ref -q --short HEAD) || branch=''
  tell_git
}
in_repository() ( # FOLDER: the path of it; since it was looked at, a node may have put a link there
  CDPATH='' cd -P -- "$CONDUCTO_ROOT" && top=$(pwd) && CDPATH='' cd -P -- "$top/$1" && there=$(pwd) || exit
  case $there/ in "${top%/}"/*) printf '%s\n' "$there" ;; *) die "$1 leads out of the repository" ;; esac
)
tell_git() {
  sha=$(git -C "$folder" rev-parse -q --verify HEAD 2>/dev/null) || sha=''
  printf '%s\n' "URL $url" "BRANCH $branch" "SHA $sha" >"$note/git"
}
clone() { # once for all images that have the same
  word=$(printf '%s\n' "$url" "$branch" | cksum) word=$CONDUCTO_TMP/clone-${word%% *}
  folder=$word/code
  if mkdir "$word" 2>/dev/null; then
    if fetch >"$word/log" 2>&1; then : >"$word/done"; else : >"$word/failed"; fi
  fi
  until [ -e "$word/done" ] || [ -e "$word/failed" ]; do nap; done
  cat "$word/log"
  [ -e "$word/done" ] || exit 1
  tell_git
}
fetch() {
  export GIT_TERMINAL_PROMPT=0
  git init -q "$folder" || return
  for ref in "refs/heads/$branch" "$branch"; do
    for depth in --depth=1 ''; do # not every server can give a part
      if git -C "$folder" fetch -q ${depth:+"$depth"} -- "$url" "$ref"; then
        git -C "$folder" checkout -q --detach FETCH_HEAD
        return
      fi
    done
  done
  return 1
}
find_runtime() {
  runtime=$(CDPATH='' cd -P -- "$CONDUCTO_ROOT" && pwd)/$runtime
  [ -e "$runtime" ] || die "there is no $runtime: \"conducto runtime\" makes it"
}
stay_here() { # without a container, the code and the runtime are used where they are
  [ -z "$workdir" ] || echo "$folder" >"$note/folder"
  [ -z "$runtime" ] || { mkdir -p "$CONDUCTO_TMP/bin" && ln -sf "$runtime" "$CONDUCTO_TMP/bin/conducto" && more_names "$CONDUCTO_TMP/bin"; }
}
more_names() { # FOLDER: the other programs that the file there is
  for word in data-pipeline data-user temp-data perm-data; do
    ln -s conducto "$1/conducto-$word" 2>/dev/null || [ -L "$1/conducto-$word" ] || return
  done
}

build_image() { # and build arguments
  stage=$CONDUCTO_TMP/stage-$$
  mkdir "$stage" "$stage/empty"
  if [ -n "$file$text" ]; then
    base=$tag-$CONDUCTO_RUN
    [ -z "$context" ] || context=$(in_repository "$context")
    set -- --force-rm ${platform:+"--platform=$platform"} "$@" -t "$base" "${context:-$stage/empty}"
    if [ -n "$text" ]; then printf '%s\n' "$text" | "$engine" build -f - "$@"
    else "$engine" build -f "$CONDUCTO_ROOT/$file" "$@"
    fi
  else base_here
  fi
  user=$("$engine" image inspect -f '{{.Config.User}}' "$base")
  {
    printf 'FROM %s\n' "$base"
    [ -z "$steps" ] || printf '%s\n' "$steps"
    [ -z "$runtime" ] || echo "COPY bin /conducto/bin/"
    [ -z "$code$url" ] || echo "COPY ${user:+"--chown=$(owner) "}code /mnt/conducto/"
    [ -z "$workdir" ] || echo "WORKDIR /mnt/conducto"
  } >"$stage/Dockerfile"
  rm -r "$stage/empty"
  [ -z "$code$url" ] || copy_code
  [ -z "$runtime" ] || take_runtime
  "$engine" build --force-rm ${platform:+"--platform=$platform"} ${steps:+--build-arg "CONDUCTO_USER=$user"} \
    -t "$tag" --iidfile "$note/id" "$stage"
  [ -z "$platform" ] || is_for_platform "$tag" || die "it is not for $platform"
  rm -rf "$stage"
  [ -z "$file$text" ] || "$engine" rmi "$base" >/dev/null # the name alone
}
take_runtime() {
  mkdir "$stage/bin" && cp "$runtime" "$stage/bin/conducto" && chmod 755 "$stage/bin" "$stage/bin/conducto" && more_names "$stage/bin"
}
forget_bases() { # of images that were not to be made to the end
  [ "$engine" != host ] || return 0
  # shellcheck disable=SC2046 # names
  set -- $(undisturbed docker images --format '{{.Repository}}:{{.Tag}}' \
    --filter "reference=conducto/*:*-$CONDUCTO_RUN" 2>/dev/null)
  [ $# -eq 0 ] || undisturbed docker rmi "$@" >/dev/null 2>&1
}
owner() { # the user of the image, as numbers: builders find no group for some names
  # shellcheck disable=SC2016 # for its shell
  "$engine" run --rm --pull=never --entrypoint /bin/sh "$base" -c 'echo "$(id -u):$(id -g)"' </dev/null || echo 0:0
}
base_here() { # pulled where it is not here, or not for the platform
  if [ -n "$platform" ]; then is_for_platform "$base" || "$engine" pull -q --platform "$platform" "$base"
  else "$engine" image inspect "$base" >/dev/null 2>&1 || "$engine" pull -q "$base"
  fi
}
is_for_platform() { # IMAGE
  word=$("$engine" image inspect -f '{{.Os}}/{{.Architecture}}' "$1" 2>/dev/null) || return
  case $platform/ in "$word/"*) ;; *) return 1 ;; esac
}
copy_code() {
  mkdir "$stage/code"
  IFS='
'
  # shellcheck disable=SC2086 # lines
  set -- $rules
  unset IFS
  conducto_code "$folder" "$@" >"$stage/list"
  { tar -C "$folder" --null -T "$stage/list" -cf - || : >"$stage/torn"; } | tar -C "$stage/code" -xf -
  [ ! -e "$stage/torn" ]
  rm "$stage/list"
}
