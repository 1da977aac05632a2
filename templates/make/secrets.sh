# ---- secrets: KEY=NAME, from our environment to the command's; on their way they have names that no program acts on
secrets_here() {
  for pair in $secrets; do
    eval "[ -n \"\${${pair#*=}-}\" ]" || { why="no secret ${pair#*=} in the environment" final=1; return 1; }
  done
}
hand_over_secrets() {
  for pair in $secrets; do
    eval "export CONDUCTO_SECRET_${pair%%=*}=\"\$${pair#*=}\""
    more="$more -e CONDUCTO_SECRET_${pair%%=*}" given="$given ${pair%%=*}"
  done
  given="$given --" prelude=$prelude$secrets_first
}
# shellcheck disable=SC2016 # for the shell that becomes the command's
secrets_first='
  while [ "$1" != -- ]; do
    eval "command export \"$1=\$CONDUCTO_SECRET_$1\""
    unset "CONDUCTO_SECRET_$1"
    shift
  done
  shift'
