all: test
test:
	echo mine
