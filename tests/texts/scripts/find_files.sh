set -eu
root=$(mktemp -d)
cd "$root"
mkdir -p 'src/a b' src/.hidden build "dir with 'quote'"
for f in 'src/a b/x.py' src/y.py src/.hidden/z.py 'build/x.pyc' "dir with 'quote'/\$HOME.py" 'src/star*.py'; do
    printf '%s\n' "$f" >"$f"
done
find . -type f -name '*.py' | LC_ALL=C sort
find . -name '*.pyc' -exec rm -f {} \;
find . -type f ! -path '*/.*' -print0 | xargs -0 cat | LC_ALL=C sort | sed 's/^/> /'
find src -type d | wc -l | tr -d ' '
for f in src/*.py; do echo "${f##*/} ${f%.py}"; done
cd /
rm -r "$root"
[ ! -e "$root" ] && echo gone
