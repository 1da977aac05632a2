import conducto as co


def run():
    root = co.Serial(options={"argo": {"priority": 3, "labels": {"team": ("a", "b")}}})  # fault: ("a", "b")
    root["Build"] = co.Exec("make")
    return root
