# ---- copied code
# conducto_code FOLDER [RULE...]: print the files of FOLDER that go into containers, from FOLDER, each ended by a NUL: what
# git does not ignore (all, outside of git), less .git, .conducto, what conducto generated, and what the rules leave out.
# A RULE is a pattern of .gitignore that begins at FOLDER: /docs/*.md, **/*.log, **/build/, or !/docs/a.md to keep one.
#   conducto_code app '**/*.log' | tar -C app --null -T - -cf - | tar -C there -xf -
# needs GNU tar or bsdtar; that of busybox has no --null. Where git does not answer in a checkout, nothing is listed for it.
# shellcheck disable=SC2016 # for shells of their own: `list PREFIX RULES`, then `each PREFIX RULES FILE...` for some at a time
conducto_files='
  newline="
"
  set -f
  mode=$1 prefix=$2 rules=$3
  shift 3

  list() {
    answer=$(git rev-parse --is-inside-work-tree 2>&1)
    if [ "$answer" = true ]; then
      { git ls-files -z --cached --others --exclude-standard || printf "/\0"; } | each
      return
    fi
    folder=$(pwd -P)/
    while [ "$folder" ]; do
      folder=${folder%/*}
      if [ -e "$folder/.git" ]; then
        echo "conducto: git does not tell which files of $PWD it ignores: $answer" >&2
        return 1
      fi
    done
    find . \( -name .git -o -name .conducto \) -prune -o \( -type f -o -type l \) -print0 | each
  }
  each() { xargs -0 -n 200 sh -c "$script" "$script" each "$prefix" "$rules"; }
  script=$0
  if [ "$mode" = list ]; then list; exit; fi

  under() { # PATTERN PATH: name by name
    case $1 in
      "**/"*)
        set -- "${1#???}" "$2"
        while ! under "$1" "$2"; do case $2 in */*) set -- "$1" "${2#*/}" ;; *) return 1 ;; esac; done
        ;;
      "**") ;;
      */*)
        case $2 in */*) ;; *) return 1 ;; esac
        case ${2%%/*} in ${1%%/*}) under "${1#*/}" "${2#*/}" ;; *) return 1 ;; esac
        ;;
      *) case $2 in */*) return 1 ;; $1) ;; *) return 1 ;; esac ;;
    esac
  }
  left_out() { # PATH, and d if it is a folder; the last rule stands first, as it counts most
    IFS=$newline
    for rule in $rules; do
      kept=0
      case $rule in !*) kept=1 rule=${rule#?} ;; esac
      case $rule in */) [ "$2" ] || continue; rule=${rule%/} ;; esac
      if under "${rule#/}" "$1"; then unset IFS; return "$kept"; fi
    done
    unset IFS
    return 1
  }
  known=/ known_out=1
  folder_out() { # PATH: whether it or a folder above is left out; mostly the one that was asked for last
    [ "$1" != "$known" ] || return "$known_out"
    known=$1 known_out=0 above="" rest=$1/
    while [ "$rest" ]; do
      above=$above${rest%%/*} rest=${rest#*/}
      ! left_out "$above" d || return 0
      above=$above/
    done
    known_out=1
    return 1
  }
  out() { # PATH
    [ "$rules" ] || return 1
    case $1 in */*) ! folder_out "${1%/*}" || return 0 ;; esac
    left_out "$1" ""
  }
  generated() { # FILE
    case $suspects in *"$newline$1$newline"*) ;; *) return 1 ;; esac
    [ "$(head -c 65536 "$1" | tr "\0" x | sed -n "/^# Made by conducto from /s/.*/x/p; 3q")" ]
  }

  LC_ALL=C
  export LC_ALL
  left=$#
  while [ "$left" -gt 0 ]; do # what remains is gathered behind what is left
    file=./${1#./} left=$((left - 1))
    [ "$1" != / ] || exit 255
    shift
    file=${file%/} path=$prefix${file#./}
    case /$path in */.git | */.git/* | */.conducto | */.conducto/*) continue ;; esac
    if [ -L "$file" ]; then
      out "$path" || printf "%s\0" "$path"
    elif [ -f "$file" ]; then
      out "$path" || set -- "$@" "$file"
    elif [ -e "$file/.git" ]; then # a repository in this one
      (cd "$file" && sh -c "$script" "$script" list "$path/" "$rules") || exit 255
    fi
  done
  [ $# -gt 0 ] || exit 0
  suspects=$newline$(grep -slF "# Made by conducto from " "$@")$newline
  for file; do generated "$file" || printf "%s\0" "$prefix${file#./}"; done
'
conducto_code() {
  (
    # shellcheck disable=SC2046 # names
    unset $(git rev-parse --local-env-vars 2>/dev/null)
    CDPATH='' cd -- "$1" || exit
    shift
    rules='' newline='
'
    for rule; do rules=$rule${rules:+$newline$rules}; done
    sh -c "$conducto_files" "$conducto_files" list '' "$rules"
  )
}
