# ---- docker in a container: the socket of the engine, and the group that may use it
docker_socket() {
  socket=/var/run/docker.sock socket_group=0
  case ${DOCKER_HOST-} in unix://*) socket=${DOCKER_HOST#unix://} ;; esac
  # Elsewhere the engine has a machine of its own, in which the group is root's.
  [ "$(uname)" != Linux ] || socket_group=$(stat -c %g "$socket" 2>/dev/null) || socket_group=0
}
