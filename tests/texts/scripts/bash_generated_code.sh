set -eu
script=$(mktemp)
cat >"$script" <<'PY'
if __name__ == "__main__":
	print(f"{1 + 1:>4}", '''it's''', """{{x}}""", '\n'.join(["a"]), sep="\\")
PY
sha256sum <"$script" | cut -c1-20
tr '\t' '~' <"$script"
body=$(<"$script"); echo "${#body}"
cat >"$script" <<-EOF
	#!/bin/bash
	echo "args: \$# \$* \$\$"|sed "s/ [0-9]*\$/ PID/"
	exit \${1:-255}
EOF
bash "$script" 255 || status=$?
echo "status ${status}"
rm -f "$script"
eval "$(printf 'f%d() { echo "f%d \\$1=$1"; }\n' 1 1 2 2)"
f1 a; f2 'b c'
exit "$status"
