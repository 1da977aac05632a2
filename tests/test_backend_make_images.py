"""Images that the make target builds: by Dockerfiles, with things installed, with code, with conducto's runtime file."""

from __future__ import annotations

import http.server
import json
import os
import re
import shutil
import threading
import zipapp
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from conducto.diagnostics import Report
from conducto.image import Image
from conducto.nodes import Exec, Node, Parallel, Serial
from tests.makefiles import IMAGE, MAKE, Makefile, docker, document, makefile, plan
from tests.repositories import git, initialised

PYTHON = "local/debian:1"
#: Makes a user, where nothing is installed that would.
SOMEBODY = "mkdir -p /etc && echo somebody:x:1234:1234::/:/bin/sh >>/etc/passwd"
NEEDS = ("make", "docker", f"image:{IMAGE}")


def of(kind: type[Node], /, **children: Node) -> Node:
    root = kind()
    for name, child in children.items():
        root[name] = child
    return root


def repository(folder: Path) -> Path:
    """A repository in `folder`, with files of every sort."""
    for path, text in {
        "tool.sh": "#!/bin/sh\necho tool\n",
        "app/it's a $file": "odd",
        "app/deep/er/x.txt": "deep",
        "app/x.tmp": "left out",
        "ignored.log": "ignored",
        "made.mk": "# Made by conducto from x.py, run. Change that file and compile again.\n",
        ".gitignore": "*.log\n",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    (folder / "tool.sh").chmod(0o755)
    (folder / "link").symlink_to("app/deep")
    initialised(folder)
    git(folder, "remote", "add", "origin", "https://example.com/it.git")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")
    (folder / "untracked").write_text("new")
    return folder


LISTED = 'find . -mindepth 1 ! -type d | sort; pwd; ./tool.sh; cat link/er/x.txt "app/it\'s a \\$file"; touch mine'
FILES = ["./.gitignore", "./app/deep/er/x.txt", "./app/it's a $file", "./link", "./tool.sh", "./untracked"]


# --- by Dockerfiles -----------------------------------------------------------------------------------------------------


@pytest.mark.needs(*NEEDS)
def test_an_image_by_a_dockerfile_of_its_folder(tmp_path: Path) -> None:
    context = tmp_path / "an image"
    context.mkdir()
    lines = [
        f"FROM {IMAGE}",
        "ARG WORD",
        "ENV WORD=$WORD",
        "COPY . /context",
        f"RUN {SOMEBODY} && mkdir /place",
        "WORKDIR /place",
        'ENTRYPOINT ["false"]',
        "USER somebody",
    ]
    (context / "Dockerfile").write_text("\n".join(lines))
    (context / ".dockerignore").write_text("secret*\n")
    (context / "secrets").write_text("no")
    (context / "kept file").write_text("yes")
    args = {"WORD": 'it\'s "$HOME" \\ x'}
    image = Image(dockerfile=str(context / "Dockerfile"), docker_build_args=args)
    show = 'id -un; pwd; ls /context; cat "/context/kept file"; echo; echo "$WORD"'
    made = makefile(tmp_path, of(Parallel, a=Exec(show, image=image), b=Exec("echo again", image=image)))
    ran = made.run()
    assert ran.status == 0, ran.err
    assert made.log("a").decode() == f"somebody\n/place\nDockerfile\nkept file\nyes\n{args['WORD']}\n"
    assert ran.err.count(": made in ") == 1, "built once"


@pytest.mark.needs(*NEEDS)
def test_an_image_by_a_text_with_and_without_a_context(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/file").write_text("copied")
    text = f"FROM {IMAGE}\n# a comment \\\nRUN printf '%s' 'a $$ $(b) #' \\\n\t >/text\n"
    root = of(
        Parallel,
        without=Exec("cat /text; ls /copy", image=Image(dockerfile_text=text + "COPY . /copy\n")),
        within=Exec(
            "cat /copy/file",
            image=Image(dockerfile_text=f"FROM {IMAGE}\nCOPY . /copy", context=str(tmp_path / "folder")),
        ),
    )
    made = makefile(tmp_path, root)
    ran = made.run()
    assert ran.status == 0, ran.err
    assert (made.log("without"), made.log("within")) == (b"a $$ $(b) #", b"copied")


@pytest.mark.needs(*NEEDS)
def test_a_build_that_fails_fails_the_nodes_that_need_it_with_its_log(tmp_path: Path) -> None:
    bad = Image(dockerfile_text=f"FROM {IMAGE}\nRUN echo it is broken for {tmp_path}; exit 7\n")
    root = Serial(stop_on_error=False)
    root["forgiven"] = Exec("true", image=bad, suppress_errors=True)
    root["bad"] = Exec("true", image=bad, retries=3)
    root["good"] = Exec("true")
    made = makefile(tmp_path, root)
    ran = made.run()
    assert ran.status == 2
    assert (made.ended("failed"), made.ended("done")) == ({"forgiven", "bad"}, {"good"})
    assert "FAILED bad: its image could not be made" in ran.err
    for name in ("forgiven", "bad"):
        assert b"it is broken" in made.log(name)
    assert ran.err.count("FAILED: exit status 7") == 1, "built once, whoever fails by it"
    assert made.run("forgiven").status == 0
    assert str(tmp_path) not in "".join(docker("ps", "-a", "--no-trunc"))


@pytest.mark.needs(*NEEDS)
def test_an_image_is_built_when_the_part_of_the_tree_begins_that_it_is_for(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    image = Image(dockerfile_text=f"FROM {IMAGE}\nCOPY . /copy", context=str(tmp_path / "folder"))
    other = Image(dockerfile_text=f"FROM {IMAGE}\nRUN echo other >/other")
    root = Serial(retries=1)
    root["Before"] = Exec(f"touch '{tmp_path}/folder/made'; sleep 1")
    root["Test"] = Parallel(image=image, retries=1)
    root["Test/a"] = Exec("ls /copy")
    root["Test/b"] = Serial(retries=1)
    root["Test/b/c"] = Exec("ls /copy")
    root["Test/b/d"] = Exec("cat /other", image=other)
    root["Fails"] = Exec("false", suppress_errors=False)
    root["Never"] = Exec("true", image=Image(dockerfile_text=f"FROM {IMAGE}\nRUN false"))
    made = makefile(tmp_path, root, "")
    ran = made.run()
    assert ran.status == 2
    assert made.ended("done") == {"Before", "Test/a", "Test/b/c", "Test/b/d"}, ran.err
    again = "---- all: attempt 2 of 2\n"
    assert made.log("Test/a").decode() == f"made\n{again}made\n"
    assert made.log("Test/b/d").decode() == f"other\n{again}other\n"
    assert ran.err.count(": made in ") == 2, "each once, whatever is tried again"
    assert len(list((made.state / "image").iterdir())) == 2, "and none for nothing"


@pytest.mark.needs(*NEEDS)
def test_a_shared_container_and_retries_are_of_the_image_that_was_built(tmp_path: Path) -> None:
    from conducto.reuse import ContainerReuseContext

    image = Image(dockerfile_text=f"FROM {IMAGE}\nRUN echo built >/built\n")
    root = Serial(image=image, retries=1)
    root["a"] = Serial(container_reuse_context=ContainerReuseContext.NEW)
    root["a/x"] = Exec("cat /built; touch /x")
    root["a/y"] = Exec("test -e /x && cat /built")
    root["b"] = Exec("cat /built")
    made = makefile(tmp_path, root)
    assert made.run().status == 0
    assert {made.log(name) for name in ("a/x", "a/y", "b")} == {b"built\n"}


# --- what is installed --------------------------------------------------------------------------------------------------


#: Stands for pip, as there may be neither pip nor a network: it notes who it is and what it was told.
PIP = "import os, sys; open('/installed', 'a').write(f'{os.getuid()} {sys.argv[1:]}')"


@pytest.mark.needs(*NEEDS, f"image:{PYTHON}")
def test_what_is_to_be_installed_is_by_root_and_the_user_stays(tmp_path: Path) -> None:
    text = f'FROM {PYTHON}\nRUN {SOMEBODY} && mkdir /pip && echo "{PIP}" >/pip/pip.py\nENV PYTHONPATH=/pip\nUSER somebody\n'
    image = Image(dockerfile_text=text, install_pip=["it's<2", "b"])
    made = makefile(tmp_path, Exec("id -un; cat /installed", image=image))
    ran = made.run()
    assert ran.status == 0, ran.out + ran.err
    assert made.log("all").decode() == "somebody\n0 ['install', '--no-cache-dir', \"it's<2\", 'b']"


# --- code ---------------------------------------------------------------------------------------------------------------


@pytest.mark.needs(*NEEDS)
def test_code_is_what_git_does_not_ignore_and_each_container_has_its_own(tmp_path: Path) -> None:
    repository(tmp_path)
    image = Image(IMAGE, copy_dir=str(tmp_path), exclude=["*.tmp"])
    user = Image(
        dockerfile_text=f"FROM {IMAGE}\nRUN {SOMEBODY}\nUSER somebody\n",
        copy_dir=str(tmp_path / "app"),
        docker_auto_workdir=False,
    )
    root = of(
        Serial,
        files=Exec(LISTED, image=image),
        again=Exec(LISTED, image=image),
        user=Exec("cd /mnt/conducto && touch mine && ls; cd - >/dev/null; pwd", image=user),
        env=Exec("env | grep CONDUCTO_GIT | sort", image=image),
    )
    made = makefile(tmp_path, root)
    ran = made.run()
    assert ran.status == 0, ran.out + ran.err
    expected = "\n".join([*FILES, "/mnt/conducto", "tool", "deepodd"])
    assert made.log("files").decode() == made.log("again").decode() == expected
    assert made.log("user").decode() == "deep\nit's a $file\nmine\nx.tmp\n/\n"
    git_env = ["BRANCH=main", f"SHA={git(tmp_path, 'rev-parse', 'HEAD')}", "URL=https://example.com/it.git"]
    assert made.log("env").decode() == "".join(f"CONDUCTO_GIT_{line}\n" for line in git_env)


@pytest.mark.needs(*NEEDS)
def test_code_is_read_when_it_runs_and_of_the_checkout_that_runs(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
        (folder / "file").write_text("first")
        makefile(folder, Exec("sleep 2; cat file", image=Image(IMAGE, copy_dir=str(folder))))
        (folder / "file").write_text(f"of {folder.name}")
    # Both have one name, so that both builds have one tag.
    running = [Makefile(folder / "pipeline.mk").start() for folder in folders]
    for process, folder in zip(running, folders, strict=True):
        assert process.wait(60) == 0, (folder / "said").read_text()
        assert Makefile(folder / "pipeline.mk").log("all").decode() == f"of {folder.name}"
    (tmp_path / "one/file").write_text("changed")
    assert Makefile(tmp_path / "one/pipeline.mk").run().status == 0
    assert Makefile(tmp_path / "one/pipeline.mk").log("all") == b"changed"


@pytest.mark.needs("make")
def test_without_a_container_code_runs_where_it_is_in_the_checkout(tmp_path: Path) -> None:
    repository(tmp_path)
    folder = str(tmp_path / "app")
    root = of(
        Serial,
        code=Exec("pwd; ls; env | grep CONDUCTO_GIT_B", image=Image(copy_dir=folder)),
        elsewhere=Exec("pwd", image=Image(copy_dir=folder, docker_auto_workdir=False)),
    )
    for image, words in (("", []), (IMAGE, ["ENGINE=host"]), (IMAGE, ["DEFAULT_IMAGE="])):
        made = makefile(tmp_path, root, image)
        ran = made.run(*words)
        assert ran.status == 0, ran.err
        assert made.log("code").decode() == f"{folder}\ndeep\nit's a $file\nx.tmp\nCONDUCTO_GIT_BRANCH=main\n"
        assert made.log("elsewhere").decode() == f"{tmp_path}\n"


@pytest.mark.needs("make")
def test_a_link_out_of_the_repository_is_not_followed_that_a_node_has_put_there(tmp_path: Path) -> None:
    """The folder was in it when it was compiled."""
    home, other = tmp_path / "home", tmp_path / "other"
    for folder in (home, home / "app", other):
        folder.mkdir()
    (other / "private").write_text("x")
    root = of(
        Serial,
        put=Exec(f"rm -r {home}/app && ln -s {other} {home}/app"),
        see=Exec("ls", image=Image(copy_dir=str(home / "app"))),
    )
    made = makefile(home, root, "")
    assert made.run().status == 2
    assert (made.ended("done"), made.ended("failed")) == ({"put"}, {"see"})
    assert "app leads out of the repository" in made.log("see").decode()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder by HTTP on this machine's loopback, as files alone: the simplest of git's servers."""
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.needs(*NEEDS)
def test_code_of_another_repository_is_cloned_once_a_run(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = repository(tmp_path / "other")
    git(other, "checkout", "-qb", "feature/x")
    git(other, "tag", "v1")
    (other / "more").write_text("on the branch")
    git(other, "add", "more")
    git(other, "commit", "-qm", "second")
    git(tmp_path, "clone", "-q", "--bare", str(other), "other.git")
    git(tmp_path / "other.git", "update-server-info")
    show = "cat more 2>/dev/null; ls | grep -c tool; env | grep CONDUCTO_GIT | sort; ls -a | grep -x .git; true"
    with served(tmp_path) as address:
        url = f"{address}/other.git"
        branch = Image(IMAGE, copy_url=url, copy_branch="feature/x")
        root = of(
            Parallel,
            branch=Exec(show, image=branch),
            other=Exec("cat more", image=Image(PYTHON, copy_url=url, copy_branch="feature/x")),
            tag=Exec(show, image=Image(IMAGE, copy_url=url, copy_branch="v1")),
            gone=Exec(show, image=Image(IMAGE, copy_url=url, copy_branch="nowhere"), suppress_errors=True),
        )
        made = makefile(tmp_path, root)
        ran = made.run()
        assert ran.status == 0, ran.out + ran.err
        env = f"CONDUCTO_GIT_BRANCH=feature/x\nCONDUCTO_GIT_SHA={git(other, 'rev-parse', 'HEAD')}\nCONDUCTO_GIT_URL={url}\n"
        assert made.log("branch").decode() == f"on the branch1\n{env}"
        assert made.log("other") == b"on the branch"
        assert f"CONDUCTO_GIT_SHA={git(other, 'rev-parse', 'HEAD~')}\n" in made.log("tag").decode()
        assert made.ended("failed") == {"gone"}
        hosted = makefile(
            tmp_path, of(Serial, branch=Exec(show, image=Image(copy_url=url, copy_branch="feature/x"))), ""
        )
        assert hosted.run().status == 0
        assert hosted.log("branch").decode().startswith("on the branch1\n")


# --- the runtime file ---------------------------------------------------------------------------------------------------

MAIN = (
    "import os, sys\nprint(sys.argv[1:], sys.path[1] if len(sys.path) > 1 else '', os.environ['PATH'].split(':')[0])\n"
)


def with_runtime(folder: Path) -> None:
    """A runtime file that tells how it was called."""
    (folder / "runtime").mkdir()
    (folder / "runtime/__main__.py").write_text(MAIN)
    (folder / "runtime/conducto.py").write_text("WHO = 'the runtime'\n")
    (folder / ".conducto").mkdir()
    zipapp.create_archive(folder / "runtime", folder / ".conducto/runtime.pyz", "/usr/bin/env python3")
    shutil.rmtree(folder / "runtime")


CALLS = "conducto a.py f --x=1; python3 -c 'import conducto; print(conducto.WHO)'; echo $PYTHONPATH"


@pytest.mark.needs(*NEEDS, f"image:{PYTHON}")
def test_a_command_that_calls_conducto_finds_the_runtime_first(tmp_path: Path) -> None:
    with_runtime(tmp_path)
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONPATH": "/mine"}
    image = Image(PYTHON, copy_dir=str(tmp_path))
    mapped = Image(PYTHON, path_map={str(tmp_path): "/elsewhere"})
    root = of(
        Parallel,
        copied=Exec(CALLS, image=image, env=env),
        mapped=Exec(CALLS, image=mapped),
        free=Exec("echo $PATH", image=image),
    )
    made = makefile(tmp_path, root)
    ran = made.run()
    assert ran.status == 0, ran.out + ran.err
    said = "['a.py', 'f', '--x=1'] /conducto/bin/conducto /conducto/bin\nthe runtime\n/conducto/bin/conducto"
    assert made.log("copied").decode() == f"{said}:/mine\n"
    assert made.log("mapped").decode() == f"{said}\n"
    assert b"conducto" not in made.log("free")


@pytest.mark.needs("make")
def test_without_a_container_too(tmp_path: Path) -> None:
    with_runtime(tmp_path)
    image = Image(copy_dir=str(tmp_path))
    made = makefile(tmp_path, of(Serial, a=Exec(CALLS, image=image, env={"PYTHONPATH": "/mine"})), "")
    ran = made.run()
    assert ran.status == 0, ran.out + ran.err
    assert re.search(r"^the runtime\n/.*/bin/conducto:/mine\n", made.log("a").decode(), re.M)
    (tmp_path / ".conducto/runtime.pyz").unlink()
    ran = made.run()
    assert ran.status == 2
    assert "a: FAILED: its image could not be made" in ran.err
    assert b"conducto runtime" in made.log("a")


# --- documents ----------------------------------------------------------------------------------------------------------


def test_equal_images_are_one_and_others_have_other_names(tmp_path: Path) -> None:
    root = of(
        Parallel,
        **{f"e{number}": Exec("true", image=Image(IMAGE, install_pip=[f"p{number // 2}"])) for number in range(4)},
    )
    images = document(plan(root))["images"]
    assert [image["base"] for image in images] == [IMAGE, IMAGE]
    assert len({image["target"] for image in images}) == len({image["tag"] for image in images}) == 2
    assert document(plan(root)) == document(plan(root))


def test_an_image_that_is_used_as_it_is_is_not_built() -> None:
    assert "images" not in document(plan(of(Parallel, a=Exec("true", image=Image(IMAGE, shell="sh")), b=Exec("true"))))


def test_where_the_files_of_images_cannot_be_told_a_warning_names_the_node(tmp_path: Path) -> None:
    from conducto.repository import Repository

    root = of(Parallel, a=Exec("true"), b=Exec("true", image=Image(IMAGE, copy_dir=str(tmp_path))))
    report = Report()
    found = MAKE.document(plan(root, output="../out.mk", home=Repository(os.path.realpath(tmp_path), True)), report)
    assert [(each.severity, each.code, each.node) for each in report.diagnostics] == [("warning", "C314", "/b")]
    assert "root" not in found


@pytest.mark.needs("make", *NEEDS)
def test_from_outside_of_the_repository_its_place_is_asked_for(tmp_path: Path) -> None:
    from conducto.repository import Repository

    repository(tmp_path)
    outside = tmp_path / "outside"
    outside.mkdir()
    root = of(Serial, a=Exec("./tool.sh", image=Image(IMAGE, copy_dir=str(tmp_path))))
    found = MAKE.document(plan(root, output="../out.mk", home=Repository(os.path.realpath(tmp_path), True)), Report())
    (outside / "out.mk").write_text(MAKE.render(found)["../out.mk"])
    file = Makefile(outside / "out.mk")
    assert file.run().status == 2
    assert b"ROOT=path" in file.log("a")
    assert file.run(f"ROOT={tmp_path}").status == 0
    assert file.log("a") == b"tool\n"


def test_a_node_whose_image_must_be_made_is_not_for_the_host() -> None:
    root = of(
        Serial,
        copied=Exec("true", image=Image(copy_dir=os.path.dirname(__file__))),
        installed=Exec("true", image=Image(install_pip=["x"])),
        chosen=Exec("true", image=IMAGE),
    )
    found = document(plan(root))
    assert found["chosen"] == ["installed", "chosen"]
    assert json.dumps(found)
