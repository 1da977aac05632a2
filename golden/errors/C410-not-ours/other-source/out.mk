# Made by conducto from other.py, run. Change that file and compile again.
all:
