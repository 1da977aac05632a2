"""Every attribute for which something must be built, or docker itself: what Argo Workflows refuses by name.

Nothing is fetched: what installs here is a stand-in that notes what it was asked for.
"""

import conducto as co

SMALL = "local/busybox:1"

#: Stand-ins for a package manager, npm and python3.
NOTING = """\
FROM local/busybox:1
RUN for name in apt-get npm python3; do \\
      printf '%s\\n' '#!/bin/sh' 'echo "${0##*/} $*" >>/noted' >/bin/$name && chmod 755 /bin/$name; \\
    done
"""
#: Tells what it was built of.
ARGUMENTS = """\
FROM local/busybox:1
ARG FLAVOUR=plain
RUN echo $FLAVOUR >/flavour
"""
FOLDER = """\
FROM local/busybox:1
COPY greeting* /
CMD ["true"]
"""


def dockerfiles() -> co.Parallel:
    """Images that Dockerfiles make."""
    node = co.Parallel()
    node["dockerfile"] = co.Exec("cat /made", image=co.Image(dockerfile="context/Dockerfile"))
    node["dockerfile_text"] = co.Exec("cat /flavour", image=co.Image(dockerfile_text=ARGUMENTS))
    sweet = co.Image(dockerfile_text=ARGUMENTS, docker_build_args={"FLAVOUR": "sweet"})
    node["docker_build_args"] = co.Exec("cat /flavour", image=sweet)
    node["context"] = co.Exec("cat /greeting", image=co.Image(dockerfile_text=FOLDER, context="context"))
    return node


def installs() -> co.Parallel:
    """What is installed into an image, by arguments of today and by their older names."""
    node = co.Parallel()
    today = {"install_packages": ["git"], "install_pip": ["numpy==2.1"], "install_npm": ["left-pad"], "install_docker": True}
    older = {"reqs_packages": ["git"], "reqs_py": ["numpy==2.1"], "reqs_npm": ["left-pad"], "reqs_docker": True}
    for name, value in {**today, **older}.items():
        node[name] = co.Exec("cat /noted", image=co.Image(dockerfile_text=NOTING, **{name: value}))
    return node


#: Asks docker by its socket.
PING = """
python3 - <<'END'
import socket
s = socket.socket(socket.AF_UNIX)
s.connect("/var/run/docker.sock")
s.sendall(b"GET /_ping HTTP/1.0\\r\\n\\r\\n")
print(s.recv(1000).decode().split("\\r\\n")[0])
END
"""


def pipeline() -> co.Parallel:
    """All of it."""
    root = co.Parallel()
    root["Dockerfiles"] = dockerfiles()
    root["Installs"] = installs()
    root["requires_docker"] = co.Exec(PING, image="python:3.13-slim", requires_docker=True)
    return root


if __name__ == "__main__":
    co.main(default=pipeline)
