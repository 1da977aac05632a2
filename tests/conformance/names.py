"""Names for nodes: plain ones, and ones that mean something to a shell, to make, to YAML or to a template language."""

from __future__ import annotations

PLAIN = ("a", "b", "c", "d", "e", "f", "g", "h", "x", "y", "z", "Build", "Test", "app", "backend", "metrics")
# Some differ only by case or by Unicode form, some only at the end of a long text.
HOSTILE = (
    *("build", "BUILD", "test 1", " lead", "trail ", "tab\there", "two\nlines", ".", "..", "..."),
    *("é", "e\u0301", "naïve Ünïcode", "日本語", "🚀", "\u202ertl", "ß", "SS"),
    *("it's", '"quoted"', "`date`", "$HOME", "$(HOME)", "$$", "a$", "back\\slash", "end\\", "#x", "!", "*", "?", "~"),
    *("{{x}}", "{{=1+1}}", "${{ github.sha }}", "100%", "%p", "a:b", "a=b", "a;b", "a,b", "a&b", "<b>", "[x]"),
    *("-n", "--help", "n", "null", "true", "0", "00", "1e3", "_"),
    *("all", "run", "clean", ".PHONY", "FORCE", "conducto", "@@start"),
    *("long" * 55, "l" * 255, "long" * 54 + "l0ng"),
)
