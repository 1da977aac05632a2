import conducto as co


def run():
    root = co.Serial(env={"JOBS": 4})  # fault: 4
    root["Build"] = co.Exec("make -j$JOBS")
    return root
