import conducto as co


def run():
    root = co.Serial(image="alpine:3.20")
    root["Test"] = co.Serial(container_reuse_context=co.ContainerReuseContext.NEW)
    root["Test/unit"] = co.Exec("make unit")
    root["Test/system"] = co.Exec("make system", image="debian:12")  # fault: co.Exec("make system", image="debian:12")
    return root
