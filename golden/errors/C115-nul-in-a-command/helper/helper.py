import conducto as co


def checks(text):
    node = co.Parallel()
    node["lint"] = co.Exec(command=text)  # fault: text
    return node
