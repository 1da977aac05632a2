# ---- shared data: $state/data/pipeline of this run, and a folder that outlives runs. Containers have them mounted; for
# commands without one, links at $shared_data lead to them, for one run at a time ($held leads to its process id)
sharing=1 shared_data=/conducto/data held=/conducto/data/.held
data_folders() { # $data, and in $users what outlives runs: where commands run here, what stands in its place here
  case $state in /*) data=$state/data ;; *) data=$PWD/$state/data ;; esac
  case $CONDUCTO_USER_DATA in /*) users=$CONDUCTO_USER_DATA ;; *) users=$PWD/$CONDUCTO_USER_DATA ;; esac
  ! runs_here || is_ours user || [ ! -d "$shared_data/user" ] || users=$shared_data/user
}
runs_here() { [ "$engine" = host ] || [ -n "$CONDUCTO_HOSTED" ]; } # whether a command without a container may be run
is_ours() { case $(readlink "$shared_data/$1" 2>/dev/null) in */.) ;; *) return 1 ;; esac; } # a link that a run has made
share() { # with the run, whose data are its own
  data_folders
  open_folder "$data/pipeline" || exit 2
  [ -z "$needs_link" ] || link_data || die "$needs_link: $why"
}
open_folder() { # for the users of all images; of this machine nobody else comes to it
  [ ! -d "$1" ] || return 0
  above=${1%/*}
  mkdir -p "${above%/*}/" || return
  [ -d "$above" ] || (umask 077; mkdir "$above" 2>/dev/null && echo '*' >"$above/.gitignore")
  (umask 0; mkdir "$1" 2>/dev/null)
  [ -d "$1" ]
}

# ---- in containers
mount_data() { # what docker is told of both, in $pipeline_mount and $user_mount
  data_folders
  open_folder "$users" || die "$node: cannot make $users"
  [ -e "$state/shared" ] || echo "$image" >"$state/shared"
  mount_of "$data/pipeline"; pipeline_mount=$mount,target=$shared_data/pipeline
  mount_of "$users"; user_mount=$mount,target=$shared_data/user
}
mount_of() { mount="type=bind,\"source=$(printf %s "$1" | sed 's/"/""/g')\""; } # FOLDER: docker reads it as CSV
by_root() { # SCRIPT: on $state, which is /state there: for what is not ours, as it is of the user of an image
  first_line "$state/shared"
  mount_of "${data%/*}"
  [ -n "$line" ] && undisturbed docker run --rm --pull=never --network=none --user=0 --mount="$mount,target=/state" \
    --entrypoint=/bin/sh "$line" -c "$1" </dev/null >/dev/null 2>&1
}

# ---- on this machine
can_share() {
  needs_link=''
  if [ "$engine" = host ]; then needs_link=$CONDUCTO_SHARING
  elif [ -n "$CONDUCTO_HOSTED" ]; then needs_link=$CONDUCTO_SHARING_HERE
  fi
  [ -z "$needs_link" ] || can_link ||
    die "$needs_link names $shared_data, which cannot be written here: make that folder, and let yourself write to it"
}
can_link() { [ -d "$shared_data" ] && [ -w "$shared_data" ]; }
link_data() { # or say in $why why not; for the run, or for a node of it
  data_folders
  first_line "$state/lock/pid"; run=$line
  while can_link; do
    if ln -s "$run" "$held" 2>/dev/null; then
      make_links && return
      drop_links
      return 1
    fi
    holder=$(readlink "$held" 2>/dev/null)
    if [ -z "$holder" ] || [ "$holder" = "$run" ]; then
      [ "$(readlink "$shared_data/pipeline" 2>/dev/null)" != "$data/pipeline/." ] || return 0
      nap
    elif alive "$holder"; then
      why="$shared_data is another pipeline's now, which process $holder runs"
      return 1
    else mv "$held" "$held.$$" 2>/dev/null && rm -f "$held.$$"
    fi
  done
  why="$shared_data cannot be written here"
  return 1
}
make_links() {
  for word in pipeline user; do ! is_ours $word || rm -f "$shared_data/$word"; done
  data_folders
  if [ -L "$shared_data/pipeline" ] || { [ -e "$shared_data/pipeline" ] && ! rmdir "$shared_data/pipeline" 2>/dev/null; }; then
    why="$shared_data/pipeline is not empty, and no run of a pipeline has made it"
  elif ! open_folder "$users" || { [ ! -d "$shared_data/user" ] && ! ln -s "$users/." "$shared_data/user"; } ||
    ! ln -s "$data/pipeline/." "$shared_data/pipeline"; then why="$shared_data cannot be set up here"
  fi
  [ -z "$why" ]
}
unlink_data() { [ "$(readlink "$held" 2>/dev/null)" != $$ ] || drop_links; } # of the run that ends
drop_links() {
  for word in pipeline user; do ! is_ours $word || rm -f "$shared_data/$word"; done
  rm -f "$held"
}

# ---- when a run begins, and when it ends
wipe_data() {
  data_folders
  rm -rf "${state:?}/data" "${state:?}/out" 2>/dev/null
  if [ -e "$state/data" ] || [ -e "$state/out" ]; then by_root 'rm -rf /state/data /state/out'; fi
  if [ -e "$state/data" ] || [ -e "$state/out" ]; then die "$shown holds data of other users: remove it"; fi
}
hand_out() {
  from=$data/pipeline/out
  [ -e "$from" ] || [ -L "$from" ] || return 0
  if [ -L "$from" ] || [ ! -d "$from" ]; then say "$shared_data/pipeline/out is no folder, so it is not handed out"
  elif copy_out; then say "handed out: $shown/out"
  else say "not all of $shared_data/pipeline/out could be handed out to $shown/out"
  fi
}
copy_out() {
  mkdir "$state/out" || return
  cp -RPp "$from/." "$state/out/" 2>/dev/null && return
  by_root "cp -RPp /state/data/pipeline/out/. /state/out/ && chown -R $(id -u):$(id -g) /state/out"
}
