"""A nightly run of a data team: tables fetched side by side, joined, a model fitted per region, and one report."""

import conducto as co

TABLES = {"orders": 4, "customers": 1, "weather": 1}
REGIONS = ["north", "south", "east", "west"]

with co.Serial(image="python:3.13-slim", env={"DAY": "yesterday"}) as nightly:
    with co.Parallel(name="Extract", doc="A table that is missing stops the run: no report is better than a wrong one."):
        for table, gigabytes in TABLES.items():
            co.Exec(f"echo fetch {table} of $DAY", name=table, mem=gigabytes)

    with co.Serial(name="Transform", mem=8):
        co.Exec("echo join orders with customers and weather", name="Join")
        co.Exec(
            """
            python3 - <<'EOF'
            rows = [("north", 3), ("south", 4)]
            for region, count in rows:
                print(f"{region}: {count} rows")
            EOF
            """,
            name="Count",
        )

    with co.Parallel(name="Fit", cpu=2, mem=4, suppress_errors=True, doc="A region without a model keeps its old one."):
        for region in REGIONS:
            co.Exec(f"echo fit a model for {region}", name=region)

    co.Exec("echo send the report for $DAY", name="Report")
