"""Every attribute that a node can be given, most of them one at a time: each command prints what it sees of it.

The tests run this file on every target, and take each attribute away in turn; docs/coverage.md names the nodes by their
paths. What has to be built first stands in ../built-images. What is to fail is forgiven, so that a run of all ends done.
"""

import os
import sys

import conducto as co

PYTHON = "python:3.13-slim"  # has bash
SMALL = "local/busybox:1"  # has sh alone

#: Another repository, whose branch `next` differs from `main`.
ANOTHER = "https://git.example.org/tool.git"


# --- environment --------------------------------------------------------------------------------------------------------


def environment() -> co.Parallel:
    """What a command finds in its environment: of `env` what is nearest, key by key."""
    node = co.Parallel(image=PYTHON, env={"WHO": "the parent", "WHERE": "above"})
    node["env"] = co.Exec("echo $WHO and $WHERE", env={"WHO": "the child"})
    node["literal"] = co.Exec("printf '%s\\n' \"$TEXT\"", env={"TEXT": "it's $WHO, $(WHO), {{WHO}}, ${{ WHO }}"})
    node["secret"] = co.Exec("printf %s \"$TOKEN\" | sha256sum", env={"TOKEN": co.Secret("TOKEN")})
    return node


# --- resources ----------------------------------------------------------------------------------------------------------

#: The first of these is of Linux's newer control groups, the second of the older ones.
SHARE = "cat /sys/fs/cgroup/cpu.weight /sys/fs/cgroup/cpu/cpu.shares 2>/dev/null; true"
MEMORY = "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null; true"


def resources() -> co.Parallel:
    """What a command may use. Of a machine without a GPU no target can give one: the node fails, and is forgiven."""
    node = co.Parallel(image=PYTHON, cpu=0.25)
    node["cpu"] = co.Exec(SHARE, cpu=0.5)
    node["inherited"] = co.Exec(SHARE)
    node["mem"] = co.Exec(MEMORY, mem=0.25)
    node["gpu"] = co.Exec("ls /dev | grep -c '^nvidia[0-9]'; echo ran", gpu=1, suppress_errors=True)
    return node


# --- what runs ----------------------------------------------------------------------------------------------------------


def outcome() -> co.Parallel:
    """What runs, and what is made of a failure."""
    node = co.Parallel(image=PYTHON)

    with co.Serial() as skipping:
        co.Exec("echo ran", name="skipped", skip=True)
        co.Exec("echo ran", name="next")
    node["skip"] = skipping

    with co.Serial() as forgiving:
        co.Exec("echo fails; exit 3", name="fails", suppress_errors=True)
        co.Exec("echo ran", name="next")
    node["suppress_errors"] = forgiving

    with co.Serial(stop_on_error=False, suppress_errors=True) as going_on:
        co.Exec("echo fails; exit 3", name="fails")
        co.Exec("echo ran", name="next")
    node["stop_on_error"] = going_on

    return node


# --- how often, how long, how many --------------------------------------------------------------------------------------

#: Heeds SIGTERM, and is over in 35 seconds without it.
LONG = "trap 'exit 1' TERM; echo begun; sleep 35 & wait; echo ended"
#: Tells when it began and when it ended.
CLOCK = "cut -d' ' -f1 /proc/uptime; sleep 5; cut -d' ' -f1 /proc/uptime"
#: Fails, as often as it is tried.
FAILS = "echo attempt; exit 1"


def attempts() -> co.Parallel:
    """`retries` are further attempts, of an Exec or of all that is in a group."""
    node = co.Parallel(image=PYTHON)
    node["retries"] = co.Exec(FAILS, retries=2, suppress_errors=True)

    node["on_error"] = co.Exec(FAILS, suppress_errors=True)
    node["on_error"].on_error(co.callback.retry(1))

    with co.Serial(retries=1, suppress_errors=True) as group:
        co.Exec("echo attempt", name="first")
        co.Exec(FAILS, name="last")
    node["group"] = group

    return node


def time() -> co.Parallel:
    """`max_time` ends what runs over it, and in a group the rest of that is not run."""
    node = co.Parallel(image=PYTHON, suppress_errors=True)
    node["exec"] = co.Exec(LONG, max_time="15s")

    with co.Parallel(max_time=15) as one:
        co.Exec(LONG, name="only")
    node["group_of_one"] = one

    with co.Serial(max_time=15, stop_on_error=False) as several:
        co.Exec(LONG, name="first")
        co.Exec("echo ran", name="next")
    node["group"] = several

    return node


def room() -> co.Parallel:
    """However much room the target has, the three of it run one after the other."""
    node = co.Parallel(image=PYTHON, max_concurrent=1)
    for name in ("a", "b", "c"):
        node[name] = co.Exec(CLOCK)
    return node


# --- containers ---------------------------------------------------------------------------------------------------------


def containers() -> co.Parallel:
    """Each Exec has a container of its own, except where they are to share one."""
    node = co.Parallel(image=PYTHON)

    with co.Serial(container_reuse_context=co.ContainerReuseContext.NEW, suppress_errors=True) as shared:
        co.Exec("echo left >/tmp/note", name="leaves")
        co.Exec("cat /tmp/note", name="finds")
    node["shared"] = shared

    with co.Serial(same_container=co.SameContainer.NEW, suppress_errors=True) as older:
        co.Exec("echo left >/tmp/note", name="leaves")
        co.Exec("cat /tmp/note", name="finds")
    node["older_spelling"] = older

    node["docker_run_args"] = co.Exec("hostname", docker_run_args=["--hostname=chosen"])
    return node


def options() -> co.Exec:
    """What only one target knows: without an image of its own, so that on GitHub it sees the runner."""
    account = "cut -d. -f2 /var/run/secrets/kubernetes.io/serviceaccount/token 2>/dev/null | tr _- /+ | base64 -d 2>/dev/null"
    own = {"github": {"runs-on": ["golden"]}, "argo": {"serviceAccountName": "default"}}
    return co.Exec(f"cat /proc/1/comm; {account}; true", options=own)


def shown() -> co.Parallel:
    """What people see of a node."""
    node = co.Parallel(image=PYTHON)
    node["title"] = co.Exec("true", title="A title: it's {{told}}")
    node["doc"] = co.Exec("true", doc="A story, ${{ told }}.")
    node["tags"] = co.Exec("true", tags=["nightly", "slow"])
    return node


# --- images -------------------------------------------------------------------------------------------------------------

LOOK = "test -e /bin/busybox && echo small; test -e /bin/bash && echo has bash; true"


def images() -> co.Parallel:
    """Another image, and how its commands are run."""
    node = co.Parallel(image=PYTHON)
    node.register_image(co.Image(SMALL, name="small"))
    node["image"] = co.Exec(LOOK, image=SMALL)
    node["image_name"] = co.Exec(LOOK, image_name="small")
    node["shell"] = co.Exec("echo $0", image=co.Image(PYTHON, shell="/bin/sh"))
    # One that no machine of the tests is.
    node["platform"] = co.Exec("echo ran", image=co.Image(SMALL, platform="linux/s390x"), suppress_errors=True)
    return node


def code(url: str) -> co.Parallel:
    """Files that an image carries: of a folder, of the whole repository, of another one."""
    node = co.Parallel()
    here = "pwd; ls; cat version 2>/dev/null; true"
    node["copy_dir"] = co.Exec(here, image=co.Image(PYTHON, copy_dir="tool"))
    node["exclude"] = co.Exec(here, image=co.Image(PYTHON, copy_dir="tool", exclude=["*.txt"]))
    node["docker_auto_workdir"] = co.Exec("pwd", image=co.Image(PYTHON, copy_dir="tool", docker_auto_workdir=False))
    node["copy_repo"] = co.Exec("cat tool/version", image=co.Image(PYTHON, copy_repo=True))
    node["copy_url"] = co.Exec(here, image=co.Image(PYTHON, copy_url=url, copy_branch="main"))
    node["copy_branch"] = co.Exec(here, image=co.Image(PYTHON, copy_url=url, copy_branch="next"))
    return node


# --- functions ----------------------------------------------------------------------------------------------------------


def say(text: str, times: int = 1, where: bool = False) -> None:
    """A function that runs in a container that has nothing but Python."""
    for _ in range(times):
        print(text)
    if where:
        print(sys.argv[0], os.environ.get("CALLED", ""))


def functions() -> co.Parallel:
    """A function of this file as a command; its file is found where the image has it."""
    node = co.Parallel(image=co.Image(PYTHON, copy_dir="."))
    node["call"] = co.Exec(say, "it's $called", times=2)
    node["params"] = co.Exec(say, "called", where=True, params=co.Params(env={"CALLED": "by params"}))
    mapped = co.Image(PYTHON, copy_dir=".", path_map={".": "/proc/self/cwd"})
    node["path_map"] = co.Exec(say, "mapped", where=True, params=co.Params(image=mapped))
    return node


# --- together -----------------------------------------------------------------------------------------------------------


def together() -> co.Serial:
    """Many on one node, as in a pipeline of somebody's: what is set later counts as what is set at once."""
    node = co.Serial(image=co.Image(PYTHON, copy_dir="tool", exclude=["notes.txt"], name="tool"), cpu=0.1, mem=0.5)
    node.env["STAGE"] = "test"
    node["Check"] = co.Exec("echo $STAGE $(cat version); exit 1")
    node["Check"].set(retries=1, max_time=150, suppress_errors=True, title="Check it", env={"STAGE": "check"})

    node["Test"] = co.Parallel(max_concurrent=2, doc="In any order.")
    for number in range(3):
        node[f"Test/{number}"] = co.Exec(f"echo $STAGE {number} in $(pwd)", tags=["quick"])
    node["Test/2"].skip = True

    node["Tidy"] = co.Serial(stop_on_error=False)
    node["Tidy"]["lint"] = co.Exec("echo lint; exit 1", suppress_errors=True)
    node["Tidy"]["format"] = co.Exec("echo format with $0", image=co.Image(SMALL, shell="sh"), cpu=0.2)
    node["Report"] = co.Exec(say, "all is said", params=co.Params(image=co.Image(PYTHON, copy_dir=".")))
    return node


def pipeline(url: str = ANOTHER) -> co.Parallel:
    """All of it; `url` is another repository."""
    root = co.Parallel()
    root["Environment"] = environment()
    root["Resources"] = resources()
    root["Outcome"] = outcome()
    root["Attempts"] = attempts()
    root["Time"] = time()
    root["Room"] = room()
    root["Containers"] = containers()
    root["Options"] = options()
    root["Shown"] = shown()
    root["Images"] = images()
    root["Code"] = code(url)
    root["Functions"] = functions()
    root["Together"] = together()
    return root


if __name__ == "__main__":
    co.main(default=pipeline)
