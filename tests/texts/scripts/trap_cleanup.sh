set -eu
work=$(mktemp -d)
trap 'status=$?; rm -rf "$work"; echo "cleaned, status $status"; exit $status' EXIT
trap 'echo interrupted; exit 130' INT TERM

echo "step 1: unpack" | tee "$work/log"
mkdir -p "$work/a b/c"
: >"$work/a b/c/it's here"
find "$work/a b" -type f | sed "s|^$work/||"
echo "step 2: check" >>"$work/log"
if ! grep -q 'step 3' "$work/log"; then
    echo "step 3 is missing" >&2
    exit 3
fi
echo 'never printed'
