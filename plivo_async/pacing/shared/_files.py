"""Whether a file is where all processes that open it can lock it against each other."""

from pathlib import Path

_FAR = {
    "afs",
    "ceph",
    "cifs",
    "davfs",
    "fuse.davfs",
    "fuse.glusterfs",
    "fuse.s3fs",
    "fuse.sshfs",
    "glusterfs",
    "lustre",
}
_FAR |= {"ncpfs", "nfs", "nfs4", "smb3", "smbfs"}


def far_filesystem(path: Path, mounts: str) -> str | None:
    """The type of the network file system that a path is on; None if it is on none, as far as can be told.

    Args:
        path: An absolute path.
        mounts: The text of `/proc/self/mounts`.
    """
    best, kind = -1, ""
    for line in mounts.splitlines():
        _, where, type_, *_ = line.split(" ")
        where = where.encode().decode("unicode_escape")
        if path.is_relative_to(where) and len(where) >= best:
            best, kind = len(where), type_
    return kind if kind in _FAR else None
