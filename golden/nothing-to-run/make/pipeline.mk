# Made by conducto from pipeline.py, root. Change that file and compile again.
#
# Run it:
#   make -f pipeline.mk
#   make -f pipeline.mk help
# Make it again:
#   conducto compile --target make pipeline.py
#
# /
# ├─0 Later
# ├─1 Never
# │ └─0 Deploy   echo not yet
# └─2 Not this   echo not this either

.PHONY: run all help list stop clean
run all help list stop clean:
	@echo 'nothing to run'
