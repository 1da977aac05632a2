set -e
cd "$(mktemp -d)"
cat >Makefile <<'EOF'
SRC := $(wildcard *.c)
OBJ = $(SRC:.c=.o)
.PHONY: all
all: $(OBJ) ; @echo "$@: $^" # done

%.o: %.c
	$(CC) -c $< -o $@ && \
	  for f in $(SRC); do echo $$f $${f%.c}; done
define rule
x: ; @echo $$$$
endef
EOF
cat <<EOF >>Makefile
stamp:
	date +%Y > \$@ ; echo "$(printf 'made by %s' script)"
EOF
tr '\t' '>' <Makefile
grep -c "$(printf '\t')" Makefile
awk '/^define/,/^endef/' Makefile
rm -f Makefile
