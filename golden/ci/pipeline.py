"""What a small web service wants on every push: checked, tested, packed, and cleaned up after."""

import conducto as co

PYTHONS = ["3.11", "3.12", "3.13"]
SERVICES = ["api", "worker"]


def check() -> co.Parallel:
    """Everything that needs no database."""
    node = co.Parallel(doc="Quick, and at once.")
    node["Style"] = co.Exec("echo ruff check src && echo ruff format --check src")
    node["Types"] = co.Exec("echo mypy --strict src")
    node["Audit"] = co.Exec("echo pip-audit", suppress_errors=True, doc="Tells, and blocks nobody.")
    return node


def test(python: str) -> co.Exec:
    """The unit tests under one Python."""
    return co.Exec(
        """
        set -e
        python --version
        echo "pytest -q --cov src" | tee log
        rm log
        """,
        image=f"python:{python}-slim",
        env={"PYTHONDONTWRITEBYTECODE": "1"},
    )


def integration() -> co.Serial:
    """Tests against a database, which is stopped however they end."""
    node = co.Serial(stop_on_error=False, cpu=2, mem=4)
    node["Start"] = co.Exec("echo start postgres")
    node["Tests"] = co.Parallel()
    for service in SERVICES:
        node["Tests"][service] = co.Exec(f"echo pytest tests/{service} --database $DATABASE")
    node["Stop"] = co.Exec("echo stop postgres")
    return node


def pipeline() -> co.Serial:
    """From a push to packed images."""
    root = co.Serial(env={"DATABASE": "postgres://localhost/test", "CI": "1"})
    root["Check"] = check()
    root["Test"] = co.Parallel()
    for python in PYTHONS:
        root["Test"][f"Python {python}"] = test(python)
    root["Integration"] = integration()
    root["Pack"] = co.Parallel()
    for service in SERVICES:
        root["Pack"][service] = co.Exec(f"echo docker build --tag example/{service} services/{service}")
    return root


if __name__ == "__main__":
    co.main(default=pipeline)
