# What is switched on in one line counts for the lines after it: newlines matter.
shopt -s extglob nullglob globstar
dir=$(mktemp -d); cd "$dir" || exit 1
mkdir -p a/b; touch x.py x.pyc README a/y.py a/b/z.py .dot '[odd]'
LC_ALL=C
echo *.py !(*.py|README) +(x).py?(c)
echo **/*.py
echo nothing*here "[$(echo *.none)]"
v='  trimmed  '; v=${v##+([[:space:]])}; v=${v%%+([[:space:]])}; echo "<$v>"
case 'foo.tar.gz' in *.tar.@(gz|xz)) echo archive ;; esac
GLOBIGNORE='*.pyc'; echo x*; unset GLOBIGNORE
shopt -s expand_aliases
alias greet='echo hello from'
greet an alias
cd / && rm -r -- "$dir"
