"""Run by test_grading_profile.py in a process of its own, as an ordinary user without powers.

Takes the seccomp profile of the worker's pod, then makes sandboxes as grading does, and prints as
JSON what came of it. Standard library only: it is run by the system's Python too.
"""

import ctypes
import errno
import json
import os
import sys

ALLOW, ERRNO = 0x7FFF0000, 0x00050000
PTRACE = "ptrace"


def apply(profile):
    """Load the profile into this process, as a container's runtime does; return libseccomp."""
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_rule_add.argtypes = [
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint,
    ]  # fmt: skip
    library.seccomp_load.argtypes = [ctypes.c_void_p]
    assert profile["defaultAction"] == "SCMP_ACT_ALLOW"
    context = library.seccomp_init(ALLOW)
    for rule in profile["syscalls"]:
        assert rule["action"] == "SCMP_ACT_ERRNO"
        for name in rule["names"]:
            number = library.seccomp_syscall_resolve_name(name.encode())
            if number != -1:  # newer than this library
                added = library.seccomp_rule_add(context, ERRNO | rule["errnoRet"], number, 0)
                assert added == 0, name
    assert library.seccomp_load(context) == 0
    return library


def refused(library, name):
    """Say whether the kernel refuses the call NAME by permission."""
    number = library.seccomp_syscall_resolve_name(name.encode())
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.syscall(number, 0, 0, 0, 0) == -1 and ctypes.get_errno() == errno.EPERM


def main():
    profile, checkout = sys.argv[1:]
    with open(profile) as file:
        library = apply(json.load(file))
    sys.path.insert(0, checkout)
    from jupyter_config import sandbox

    inner = [
        "bwrap", "--unshare-user", "--unshare-pid", "--unshare-net", "--ro-bind", "/usr", "/usr",
        "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--proc", "/proc",
        "/usr/bin/true",
    ]  # fmt: skip
    obstacle = sandbox.available()
    within = sandbox.Sandbox(nested_namespaces=True).run(inner, timeout=30)
    print(
        json.dumps(
            {
                "uid": os.geteuid(),
                "obstacle": obstacle,
                "one within another": within.returncode,
                "refused": refused(library, PTRACE) and refused(library, "keyctl"),
            }
        )
    )


if __name__ == "__main__":
    main()
