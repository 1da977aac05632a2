export LC_ALL=C
greet() { printf '%s: %s\n' "$1" "$2"; }
greet français 'Ça va, garçon ?'
greet 日本語 'こんにちは、世界'
greet עברית 'שלום (עולם)'
greet emoji '👩‍👩‍👧 🇩🇪 ✓ 😀'
printf '%s' 'naïve' | wc -c | tr -d ' '
printf '%s\n' 'zebra' 'éclair' 'apple' 'Ωmega' | sort
# between the brackets: no-break space, zero width joiner, byte order mark, next line, line separator
printf '[%s]' ' ' '‍' '﻿' '' ' ' | od -An -tx1 | tr -s ' ' | sed 's/ $//'
echo "größe=5" | sed 's/ö/oe/; s/ß/ss/'
case 'ñandú' in *ú) echo 'ends in ú' ;; esac
