"""The escapings of each target: each, switched off, must be noticed within the first 50 texts."""

from __future__ import annotations

# Runner -> functions (`module:function`) that take a text first and return it escaped for one layer. Filled in beside
# the emitter that has them; the tests fail where a runner has none.
ESCAPES: dict[str, tuple[str, ...]] = {
    "make-docker": (
        "conducto.backends.make_text:dollars",
        "conducto.backends.make_text:quoted",
        "conducto.backends.make_text:guarded",
    ),
    "github-docker-run": (
        "conducto.backends.github_text:inert",
        "conducto.text:shell_word",
        "conducto.text:yaml_quoted",
    ),
    "argo": (
        "conducto.backends.argo_text:dollars",
        "conducto.backends.argo_text:encoded",
        "conducto.text:yaml_quoted",
    ),
}
