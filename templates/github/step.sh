#: always
exec 2>&1
for set in "${!CONDUCTO_SET_@}"; do eval "export ${!set}"; done
#: docker
for env in "${!CONDUCTO_ENV_@}"; do set -- "$@" --env "${env#CONDUCTO_ENV_}=${!env}"; done
export CONDUCTO_PIPELINE_ID=$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT
#: host
set -- CONDUCTO_PIPELINE_ID="$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT" CONDUCTO_NODE="$CONDUCTO_NODE"
for env in "${!CONDUCTO_ENV_@}"; do set -- "$@" "${env#CONDUCTO_ENV_}=${!env}"; done
for env in "${!CONDUCTO_@}"; do [[ $env = CONDUCTO_@(SECRET|GIT)_* ]] || set -- -u "$env" "$@"; done
#: always
token=$(cat /proc/sys/kernel/random/uuid)
echo "::stop-commands::$token"
#: lasting
trap 'printf "\n::%s::\n" "$token"' EXIT
#: temporary
temp=$(mktemp -d)
trap 'rm -rf -- "$temp"; printf "\n::%s::\n" "$token"' EXIT
#: docker
entry='
  exec 2>&1
  command -v bash >/dev/null && exec bash -c "$1"
  for CONDUCTO_BASH in /bin/bash /usr/bin/bash /usr/local/bin/bash; do
    [ -x $CONDUCTO_BASH ] && exec $CONDUCTO_BASH -c "$1" bash
  done
  command -v sh >/dev/null && exec sh -c "$1"
  exec /bin/sh -c "$1" sh
'
#: host
entry='exec "$BASH" -c "$1" bash'
#: shell
[ -z "$CONDUCTO_SHELL" ] || entry="exec 2>&1; exec $CONDUCTO_SHELL -c \"\$1\""
#: runtime
[ -z "$CONDUCTO_RUNTIME" ] || [ -e "$CONDUCTO_RUNTIME" ] ||
  { echo "conducto: $CONDUCTO_NODE: there is no $CONDUCTO_RUNTIME: \"conducto runtime\" makes it, to be committed"; exit 1; }
#: docker runtime
[ -z "$CONDUCTO_RUNTIME" ] || entry='
  export PATH="/conducto/bin${PATH:+:$PATH}" PYTHONPATH="/conducto/bin/conducto${PYTHONPATH:+:$PYTHONPATH}"
'$entry
#: host runtime
[ -z "$CONDUCTO_RUNTIME" ] || install -D -m 755 -- "$CONDUCTO_RUNTIME" "$temp/bin/conducto" || exit
bin=$(printf %q "$temp/bin")
[ -z "$CONDUCTO_RUNTIME" ] || entry="
  export PATH=$bin\"\${PATH:+:\$PATH}\" PYTHONPATH=$bin/conducto\"\${PYTHONPATH:+:\$PYTHONPATH}\"
$entry"
#: secrets
gives='' hides=''
for secret in $CONDUCTO_SECRETS; do # VARIABLE=SECRET
  name=CONDUCTO_SECRET_${secret#*=}
  [ -n "${!name}" ] || { echo "conducto: $CONDUCTO_NODE: there is no secret ${secret#*=}, or it is empty"; exit 1; }
  gives+="export ${secret%%=*}=\"\$$name\"; " hides+=" $name"
#: docker secrets
  set -- "$@" --env "$name"
#: secrets
done
[ -z "$hides" ] || entry="$gives unset$hides; $entry"
#: socket
[ -z "$CONDUCTO_SOCKET" ] ||
  set -- "$@" --volume "$CONDUCTO_SOCKET:/var/run/docker.sock" --group-add "$(stat -c %g "$CONDUCTO_SOCKET")"
#: platform
[ -z "$CONDUCTO_PLATFORM" ] || export DOCKER_DEFAULT_PLATFORM=$CONDUCTO_PLATFORM
#: build
build() { # by the author's Dockerfile; then what is installed
  [ ! -e "$temp/built" ] || return 0
  local base=$CONDUCTO_IMAGE text
  if [ -n "$CONDUCTO_BUILD" ]; then
    base=conducto-base:$token text=$temp/Dockerfile
    mkdir -p "$temp/empty"
    [ -z "$CONDUCTO_DOCKERFILE" ] || printf '%s\n' "${!CONDUCTO_DOCKERFILE}" >"$text"
    eval "docker build --force-rm --iidfile \"\$temp/image\" ${CONDUCTO_INSTALLS:+--tag \"\$base\"} $CONDUCTO_BUILD" || return
  fi
  if [ -n "$CONDUCTO_INSTALLS" ]; then
    docker image inspect "$base" >/dev/null 2>&1 || docker pull --quiet "$base" || return
    user=$(docker image inspect --format '{{.Config.User}}' "$base") text=${!CONDUCTO_INSTALLS}
    docker build --force-rm --iidfile "$temp/image" --build-arg CONDUCTO_USER="$user" - \
      <<<"${text/#FROM conducto-base/FROM $base}" || return
    [ -z "$CONDUCTO_BUILD" ] || docker rmi "$base" >/dev/null # its name: what was made of it is there
  fi
  image=$(cat "$temp/image") && : >"$temp/built"
}
#: code
[ -z "$CONDUCTO_CODE" ] || export CONDUCTO_GIT_URL=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY \
  CONDUCTO_GIT_BRANCH=${GITHUB_HEAD_REF:-$GITHUB_REF_NAME} CONDUCTO_GIT_SHA=$GITHUB_SHA
#: clone
clone() { # branch CONDUCTO_BRANCH, or what the other side calls so, of the repository at CONDUCTO_CLONE
  [ ! -e "$temp/clone" ] || return 0
  rm -rf "$temp/new" && git init --quiet "$temp/new" && fetch &&
    git -C "$temp/new" checkout --quiet --detach FETCH_HEAD && mv "$temp/new" "$temp/clone" || return
  export CONDUCTO_GIT_URL=$CONDUCTO_CLONE CONDUCTO_GIT_BRANCH=$CONDUCTO_BRANCH
  CONDUCTO_GIT_SHA=$(git -C "$temp/clone" rev-parse HEAD) && export CONDUCTO_GIT_SHA
}
fetch() { # not every server can give a part
  local ref depth
  for ref in "refs/heads/$CONDUCTO_BRANCH" "$CONDUCTO_BRANCH"; do
    for depth in --depth=1 ''; do
      ! GIT_TERMINAL_PROMPT=0 git -C "$temp/new" fetch --quiet $depth -- "$CONDUCTO_CLONE" "$ref" || return 0
    done
  done
  return 1
}
#: docker files
[ -z "$CONDUCTO_CODE$CONDUCTO_CLONE" ] ||
  set -- "$@" --env CONDUCTO_GIT_URL --env CONDUCTO_GIT_BRANCH --env CONDUCTO_GIT_SHA
eval "$CONDUCTO_LIST"
take() { # the files of a FOLDER that count as code
  local rules=()
  [ -z "$CONDUCTO_EXCLUDE" ] || mapfile -t rules <<<"$CONDUCTO_EXCLUDE"
  mkdir -p "$temp/stage/mnt/conducto" && (
    set -o pipefail
    conducto_code "$1" "${rules[@]}" | tar -C "$1" --null -T - -cf - | tar -C "$temp/stage/mnt/conducto" -xf -
  )
}
#: docker copied
stage() { # what is copied into a container, as it will lie there
  [ ! -e "$temp/staged" ] || return 0
#: docker code
  [ -z "$CONDUCTO_CODE" ] || take "$CONDUCTO_CODE" || return
#: docker clone
  [ -z "$CONDUCTO_CLONE" ] || { clone && take "$temp/clone"; } || return
#: docker runtime
  [ -z "$CONDUCTO_RUNTIME" ] ||
    install -D -m 755 -- "$CONDUCTO_RUNTIME" "$temp/stage/conducto/bin/conducto" || return
#: docker copied
  : >"$temp/staged"
}
copy() { # it is the user's of the image
  [ -e "$temp/stage" ] || return 0
  local owner=0:0
  [ -z "$(docker container inspect --format '{{.Config.User}}' "$container")" ] ||
    owner=$(docker run --rm --entrypoint /bin/sh "$image" -c 'echo "$(id -u):$(id -g)"') || owner=0:0
  (
    set -o pipefail
    cd -- "$temp/stage" &&
      tar -c --owner=":${owner%:*}" --group=":${owner#*:}" -- */* | docker cp - "$container:/" >"$temp/said" 2>&1
  ) || { cat "$temp/said"; return 1; }
}
#: docker max_time
late() { # from the start of the container; 10 seconds later it is killed
  while [ "$(docker container inspect --format '{{.State.Status}}' "$container")" = created ]; do read -rt 0.1 <> <(:); done
  read -rt "$CONDUCTO_MAX_TIME" <> <(:)
  : >"$temp/late"
  docker stop -t 10 "$container"
}
#: host max_time
late() {
  read -rt "$CONDUCTO_MAX_TIME" <> <(:)
  : >"$temp/late"
  kill -TERM -- "-$job"
  read -rt 10 <> <(:)
  kill -KILL -- "-$job"
}
#: docker plain
docker run --rm --init --env CONDUCTO_PIPELINE_ID --env CONDUCTO_NODE "$@" $CONDUCTO_OPTIONS \
  --entrypoint /bin/sh "$CONDUCTO_IMAGE" -c "$entry" sh "$CONDUCTO_COMMAND" </dev/null
#: docker attempt
set -- --rm --init --env CONDUCTO_PIPELINE_ID --env CONDUCTO_NODE "$@" $CONDUCTO_OPTIONS --entrypoint /bin/sh
image=$CONDUCTO_IMAGE
#: host
cd -- "${CONDUCTO_FOLDER:-.}" || exit
#: attempt
attempt() {
#: build
  [ -z "$CONDUCTO_BUILD$CONDUCTO_INSTALLS" ] || build || return
#: docker copied
  stage || return
#: docker run
  docker run "$@" "$image" -c "$entry" sh "$CONDUCTO_COMMAND" </dev/null
#: docker create
  container=$(docker create --stop-signal TERM "$@" "$image" -c "$entry" sh "$CONDUCTO_COMMAND") || return
#: docker copied
  copy || { docker rm "$container"; return 1; }
#: docker start
  docker start --attach "$container" </dev/null
#: docker max_time
  docker start --attach "$container" </dev/null & job=$!
#: host clone
  [ -z "$CONDUCTO_CLONE" ] || { clone && cd -- "$temp/clone"; } || return
#: host
  setsid env "$@" "$BASH" -c "$entry" bash "$CONDUCTO_COMMAND" </dev/null & job=$!
#: max_time
  rm -f -- "$temp/late"
  { [ -z "$CONDUCTO_MAX_TIME" ] || late; } >/dev/null 2>&1 & timer=$!
#: waiting
  wait "$job" 2>/dev/null
  status=$?
#: host
  kill -KILL -- "-$job" 2>/dev/null
#: max_time
  kill "$timer" 2>/dev/null
  wait "$timer" 2>/dev/null
  [ ! -e "$temp/late" ] || { echo "conducto: $CONDUCTO_NODE: ended, as its max_time is $CONDUCTO_MAX_TIME s"; return 1; }
#: waiting
  return "$status"
#: attempt
}
#: retries
for ((turn = 1; ; turn++)); do
  attempt "$@"
  status=$?
  [ "$status" -ne 0 ] && [ "$turn" -le "${CONDUCTO_RETRIES:-0}" ] || exit "$status"
  echo "conducto: $CONDUCTO_NODE: attempt $turn of $((CONDUCTO_RETRIES + 1)) failed: exit status $status"
done
#: attempt single
attempt "$@"
