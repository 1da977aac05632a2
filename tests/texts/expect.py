"""What the shell must receive of a command's text: the rule of "The command / Text", written a second time."""

from __future__ import annotations

GAP = " \t"


def expect(text: str) -> str:
    r"""The text less its margin and less the blanks, tabs and newlines at its ends.

    Lines end at "\n" alone. The margin is the smallest number of leading blanks and tabs, each counting one, among the
    lines 2..n that hold anything else. Each line 2..n loses so many leading blanks and tabs, or as many as it has: only
    a line of nothing but blanks and tabs can have fewer, and one that has more keeps the rest. At the end a blank
    (U+0020, no tab or newline) right behind a backslash stays, and with it all before it. Nothing else is changed.
    """
    first, *rest = text.split("\n")
    margin = min((len(line) - len(line.lstrip(GAP)) for line in rest if line.strip(GAP)), default=0)
    whole = "\n".join([first, *(line[margin:] for line in rest)]).lstrip(GAP + "\n")
    kept = whole.rstrip(GAP + "\n")
    return kept + " " if kept.endswith("\\") and whole[len(kept) :].startswith(" ") else kept
