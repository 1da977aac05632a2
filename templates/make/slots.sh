# ---- max_concurrent: GROUP:COUNT in $slots, the outermost first; an Exec runs when it has a slot of each
take_slots() { until each_has_a_slot; do nap; done; }
each_has_a_slot() {
  taken=''
  for each in $slots; do
    flat "${each%:*}"
    mkdir -p "$state/slot/$flat" || exit 2
    if take_one "$flat" "${each##*:}"; then taken="$taken $flat/$slot"
    else
      free_slots
      return 1
    fi
  done
}
take_one() { # GROUP COUNT
  slot=0
  while [ $slot -lt "$2" ]; do
    if mkdir "$state/slot/$1/$slot" 2>/dev/null; then
      echo $$ >"$state/slot/$1/$slot/pid"
      return 0
    fi
    held_by_the_living "$state/slot/$1/$slot/pid" || die "$node: what had slot $slot of $1 is no more"
    slot=$((slot + 1))
  done
  return 1
}
held_by_the_living() { # FILE: a slot is let go before its holder ends
  first_line "$1"
  holder=$line
  [ -z "$holder" ] || kill -0 "$holder" 2>/dev/null && return 0
  first_line "$1"
  [ "$line" != "$holder" ]
}
free_slots() { for slot in $taken; do rm -rf "${state:?}/slot/$slot"; done; }
