"""What to test is known only when the service is there: a part of the pipeline is made while it runs."""

import conducto as co


def pipe() -> co.Serial:
    root = co.Serial(image=co.Image("python:3.13-slim", copy_dir="."), env={"STAGE": "outer"})
    root["Deploy"] = co.Exec("echo Deploy service")
    root["Test"] = co.Lazy(test_service, num_tests=2, params=co.Params(cpu=0.5))
    root["Test"].max_concurrent = 2
    root["Report"] = co.Lazy("conducto pipeline.py report", node_type=co.Serial, retries=1)
    root["Report"].suppress_errors = True
    return root


def test_service(url: str = "https://example.com", num_tests: int = 1) -> co.Parallel:
    output = co.Parallel(env={"URL": url})
    for number in range(num_tests):
        output[f"RunTest_{number}"] = co.Exec("echo Testing deployment at $URL, $STAGE")
    if num_tests > 1:
        output["More"] = co.Lazy(test_service, url=f"{url}/more", num_tests=num_tests - 1)
    return output


def report() -> co.Serial:
    output = co.Serial()
    output["Count"] = co.Exec(count, "a b", times=2)
    return output


def count(what: str, times: int):
    print(f"{times} times {what}")


if __name__ == "__main__":
    co.main(default=pipe)
