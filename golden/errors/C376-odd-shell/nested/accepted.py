import conducto as co


def run():
    root = co.Serial(image=co.Image("alpine:3.20", shell="sh"))
    root["Build"] = co.Exec("make")
    return root
