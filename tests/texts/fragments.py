"""Pieces of the syntax of every layer that a command passes through on its way to a shell."""
from __future__ import annotations

from itertools import chain, zip_longest

MAKE = (
    "$", "endef", "define x", "\\", "#", "\r", "$(X)", "$$", "\t", "$(shell echo gone)", "$@", "%", "${X}",
    "$<", "\\#", "\\%", "\\\\", "\\\n", " \\\n\t", "endif", "ifeq (a,b)", "else", "export X",
    "include /dev/null", "$(error gone)", "$(call f,a,b)", "$(value X)", "@", "-", "+", ":", "::", "|", ",",
    "=", ":=", "X := 1", "a: b | c", "~", "*", "[a]", "\f", "\v", "$()", "$(CR)", "$\\",
)
SHELL = (
    "'", '"', "`", "\\'", "<<EOF", "EOF", "$(", ")", "''", "'\\''", '\\"', "$'x\\n'", '$"x"', '"""', "'''",
    "<<-'E O F'", "cat <<EOF\n\tx\nEOF\n", "<<<x", ";;", ";", "&", "&&", "||", "|&", "(", "((", "))", "[[",
    "]]", "{", "}", "!", "!!", "!$", "?", "[!a]", "{a,b}", "{1..3}", "$((1+1))", "$(echo x)", "${X:-y}", "${X",
    "$#", "$0", "$1", "$?", "$!", "$*", "if", "fi", "case x in", "esac", ">", "2>&1", "<", "--", "-c", "-e",
    "-n", "exit 3", "set -e", "\\ ", "\\\t", "CONDUCTO_EOF",
)
YAML = (
    "---", "...", "- ", ": ", " #", "|", "%YAML 1.2", "&a", "*a", "!!", ">", "- a", "a: b", "a:", "# c", "|-",
    ">+", "|2", "!!str x", "!x", "%TAG ! x", "? ", "@x", "[", "]", "[a, b]", "{a: b}", ",", "<<: *a", " ", "  ",
    "\t ", " \t", "\\u0041", "\\x41", "<b>&amp;", "/*", "//", "null\n---\nnull",
)
# Of use only as a whole text: plain, some reader of YAML takes each for something else than a string.
SCALARS = (
    "null", "yes", "1e3", "~", "n", "0o14", "on", "12e03", "no", "0x1f", "1_000", "012", ".inf", "1:30",
    "2001-01-01", "<<", "=", "", "true", "-1", "Null", ".NaN", "0b1", "+.5", "1.",
)
GITHUB = (
    "${{ x }}", "::add-mask::x", "${{", "}}", "::stop-commands::t", "::set-output name=a::b",
    "${{ github.sha }}", "${{ '${{' }}", "${{ secrets.X }}", "${{'", "$ {{", "$${{ x }}", "::t::", "::error::x",
    "::group::x", "##[group]x", "##[error]x", "%0A", "%25", "%0D", "fromJSON('1')", "{0}", "{{0}}",
    "format('{0}', 1)", "$GITHUB_OUTPUT",
)
ARGO = (
    "{{workflow.name}}", "{{=1+1}}", "$(CONDUCTO_NODE)", "{{x}}", "{{inputs.parameters.x}}", "$$(X)", "{{",
    "{{{", "}}}", "{{=", "{{-", "{{item}}", "{{ workflow.name }}", "{{=workflow.name}}", "{{pod.name}}",
    "{{retries}}", "{{node.name}}", "{{steps.a.outputs.result}}", "{{=sprig.env('HOME')}}", "$$$(X)", "$$$$",
    "$(PATH)", "$(X", "$(CONDUCTO_BRACE)", "{$(CONDUCTO_BRACE)", "{\\{", "$(CONDUCTO_NODE", "$$(CONDUCTO_NODE)",
)
JINJA = (
    "{% raw %}", "{# #}", "{% endraw %}", "{#", "#}", "{%", "%}", "{{ x|safe }}", "{%- x -%}", "{{ '{{' }}",
    "## ", "# for x", "{{ 7*7 }}", "{% include 'x' %}",
)
PRINTF = (
    "%s", "\\0173", "\\c", "%b", "%%", "\\n", "%d", "%n", "\\0044", "\\t", "\\x7b", "\\u007b", "\\e[0m", "\\0",
    "\\08", "\\1", "\\0nnn", "%1$s", "%-5s|", "\\\\c", "\\\\0173", "\\u2028",
)
UNICODE = (
    "\u0085", "\ufeff", "\u2028", "é", "\x01", "😀", "\x7f", "\u202e", "\u009b", "\u2029", "\x1b[31m",
    "e\u0301", "ß", "日本語", "עברית", "العربية", "\u2066", "\u200f", "\u200b", "\u200d", "\u00a0", "\u3000",
    "\u2003", "\u00ad", "\ufffd", "\ue000", "\ufdd0", "\U0001fffe", "\U0010ffff", "👩\u200d👩\u200d👧", "🇩🇪",
    "𝕏", "\u0080", "\u009f", "İ", "ﬁ", "ʼ", "“x”", "–",
)
CONTROLS = tuple(chr(c) for c in (*range(1, 10), *range(11, 32), 0x7F, *range(0x80, 0xA0)))

LAYERS = (MAKE, SHELL, YAML, GITHUB, ARGO, JINJA, PRINTF, UNICODE)
# Round robin, so that the first few of a list are of every layer.
FRAGMENTS: tuple[str, ...] = tuple(
    dict.fromkeys(f for row in zip_longest(*LAYERS) for f in row if f is not None)
) + tuple(c for c in CONTROLS if c not in set(chain(*LAYERS)))

# Where a piece bites only at one place, that place comes first in each order.
FIRST = {
    "start": (
        "#", "- ", "@", "-", "+", "---", "%YAML 1.2", "\ufeff", "::add-mask::x", "{{", "$", "'", "!!", "&a", "*a", "|",
        "\r",
    ),
    "end": (
        "\\", "$", "'", "\\ ", "\r", "#", ":", "{{", "${{", '"', "\u0085", "\u2028", "endef", "\x0b", "\ufeff",
        "\u00a0",
    ),
    "line start": (
        "endef", "define x", "- ", "#", "---", "...", "@", "+", "-", "%YAML 1.2", "\x0b", "EOF", ": ",
        "::stop-commands::t",
    ),
    "line end": (
        "\\", "\r", "$", " ", "\t", " #", "\\ ", ":", "\\\\", "\u0085", "|", "'", "{{", "\\\\\\", "\x0c", "\u2028",
    ),
    "alone": (
        "endef", "---", "...", "EOF", "\\", "#", "\r", "  \t", "endef\r", "define x", "CONDUCTO_EOF", "fi", "{% raw %}",
    ),
    "whole": SCALARS,
}


def order(place: str) -> tuple[str, ...]:
    """All fragments in the order in which they are put at a place of a text (a key of `FIRST`)."""
    # Ends go backwards: few texts then show each fragment at a start or at an end.
    rest = FRAGMENTS[::-1] if place == "end" else FRAGMENTS
    return tuple(dict.fromkeys((*FIRST[place], *rest)))
