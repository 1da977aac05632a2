import conducto as co


def run():
    with co.Serial() as root:
        with co.Parallel(name="Test"):
            co.Exec(
                "make -j$JOBS",
                name="unit",
                env=dict(
                    LEVEL="info",
                    JOBS=2 * 2,  # fault: 2 * 2
                ),
            )
    return root
