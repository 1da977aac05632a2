import conducto as co


def run() -> co.Serial:
    root = co.Serial()
    root["a"] = co.Exec("true")
    root.launch(k8s=True)  # fault: k8s=True
    return root
