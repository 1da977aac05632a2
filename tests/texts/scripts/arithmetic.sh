set -eu
i=1 product=1
while [ "$i" -le 10 ]; do
    product=$((product * i))
    i=$((i + 1))
done
echo "10! = $product"
echo $((0x1F + 017)) $((7 / 2)) $((-7 / 2)) $((7 % 3)) $((1 << 10)) $((5 & 3 | 8)) $((~0)) $(( (1 + 2) * 3 ))
echo $((product > 100 ? 1 : 0)) $((!5)) $((i == 11 && product))
primes=
n=2
while [ $n -lt 50 ]; do
    d=2 prime=yes
    while [ $((d * d)) -le $n ]; do
        [ $((n % d)) -ne 0 ] || { prime=no; break; }
        d=$((d + 1))
    done
    [ $prime = no ] || primes="$primes $n"
    n=$((n + 1))
done
echo "primes:$primes"
expr 6 '*' 7
