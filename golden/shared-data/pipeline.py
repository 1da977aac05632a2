"""How many tests there are is known when the service is there; they leave their results to the others, and a report."""

import conducto as co

NOTE = "/conducto/data/pipeline/note"


def pipe() -> co.Serial:
    root = co.Serial(image=co.Image("python:3.13-slim", copy_dir="."))
    root["Deploy"] = co.Exec("echo 3 | conducto-data-pipeline puts tests")
    root["Test"] = co.Lazy(tests)
    root["Report"] = co.Exec(report)
    root["Share"] = co.Serial(image="local/busybox:1")
    root["Share/writes"] = co.Exec(f"echo written >{NOTE}")
    root["Share/reads"] = co.Exec("cat $NOTE", env={"NOTE": NOTE})
    root["Alone"] = co.Exec("ls /conducto 2>&1 | wc -l", image="local/busybox:1")
    return root


def tests() -> co.Parallel:
    output = co.Parallel()
    for number in range(int(co.data.pipeline.gets("tests"))):
        output[f"test {number}"] = co.Exec(test, number)
    return output


def test(number: int):
    co.data.pipeline.puts(f"results/{number}", f"test {number} is well\n".encode())


def report():
    lines = [co.data.pipeline.gets(name).decode() for name in co.data.pipeline.list("results")]
    runs = int(co.data.user.gets("runs")) + 1 if co.data.user.exists("runs") else 1
    co.data.user.puts("runs", str(runs).encode())
    co.data.pipeline.puts("out/report.txt", "".join([f"run {runs}\n", *lines]).encode())
    print("".join(lines), end="")


if __name__ == "__main__":
    co.main(default=pipe)
