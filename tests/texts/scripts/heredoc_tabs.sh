set -u
name="O'Brien" price='$5'
quoted() {
	cat <<-'END OF IT'
		dear $name,
			you owe `nothing` \$\\
		{{ total }} # no comment
	END OF IT
}
plain() {
	cat <<-EOF
		dear $name,
			you owe $price and \$0, \\ and \`backticks\`, $(echo "nested $(echo 'deep')")
		  two blanks after the tabs stay
	EOF
}
quoted
plain
cat <<A; cat <<B
from A $((6 * 7))
A
from B
  A
B
while IFS= read -r line; do printf '[%s]\n' "$line"; done <<\EOF
	a tab kept	here
trailing blanks   
back\slash\
joined? no

EOF
