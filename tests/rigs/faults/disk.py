"""Disks of a rig's own: ext4 in a file, whose power can be cut, and small ones to fill."""

from __future__ import annotations

import ctypes
import fcntl
import os
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# linux/fs/ext4/ext4.h: _IOR('X', 125, __u32); 2 ends the file system without writing its journal.
EXT4_IOC_SHUTDOWN = 0x8004587D
WITHOUT_JOURNAL_FLUSH = 2


class NotPermittedError(Exception):
    """The machine does not let us mount; the message says what it said."""


@dataclass
class LoopDisk:
    """ext4 in a file. What was not written to the file when the power is cut is gone."""

    image: Path
    mount_point: Path
    cut_at: float = 0.0  # by time.monotonic: what anybody was told later was told by nobody

    def mount(self) -> None:
        """As at a boot: ext4 replays its own journal."""
        _run("mount", "-o", "loop", str(self.image), str(self.mount_point))

    def cut(self) -> None:
        """The power goes: nothing that waits in memory reaches the disk any more."""
        self.cut_at = time.monotonic()
        cut_power(self.mount_point)

    def restart(self) -> None:
        """Boot again, from what reached the disk.

        A copy of the image is mounted: the old one may still be held, dead as it is, by a process
        elsewhere that took a copy of all mounts, and would then come back dead.
        """
        self.unmount()
        old, self.image = self.image, self.image.with_name(f"disk{time.monotonic_ns()}.img")
        _run("cp", "--sparse=always", str(old), str(self.image))
        old.unlink()
        self.mount()

    def settle(self) -> None:
        """Write everything, and so start ext4's own five seconds anew."""
        folder = os.open(self.mount_point, os.O_RDONLY)
        ctypes.CDLL(None, use_errno=True).syncfs(folder)
        os.close(folder)

    def unmount(self) -> None:
        """Wait until its users are gone."""
        for _ in range(100):
            done = subprocess.run(
                ["umount", self.mount_point], capture_output=True, text=True, check=False
            )
            if done.returncode == 0:
                return
            time.sleep(0.05)
        raise RuntimeError(done.stderr)


def cut_power(mount_point: Path) -> None:
    """End the file system that is mounted there, its journal unwritten."""
    folder = os.open(mount_point, os.O_RDONLY)
    try:
        fcntl.ioctl(folder, EXT4_IOC_SHUTDOWN, struct.pack("I", WITHOUT_JOURNAL_FLUSH))
    finally:
        os.close(folder)


@contextmanager
def loop_disk(folder: Path, *, megabytes: int) -> Iterator[LoopDisk]:
    """A fresh ext4, mounted; unmounted at the end."""
    image, mount_point = folder / "disk.img", folder / "disk"
    mount_point.mkdir()
    with image.open("wb") as file:
        file.truncate(megabytes * 1024 * 1024)
    _run("mkfs.ext4", "-q", "-m", "0", str(image))
    disk = LoopDisk(image, mount_point)
    disk.mount()
    try:
        yield disk
    finally:
        disk.unmount()


@contextmanager
def small_tmpfs(folder: Path, *, megabytes: int) -> Iterator[LoopDisk]:
    """A small disk in memory, to fill; it has no power to cut."""
    mount_point = folder / "disk"
    mount_point.mkdir()
    _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(mount_point))
    disk = LoopDisk(folder, mount_point)
    try:
        yield disk
    finally:
        disk.unmount()


def reason_not_to() -> str:
    """Why no disk of our own can be mounted here; '' where it can."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "mounting a loop image needs root"
    try:
        with tempfile.TemporaryDirectory() as folder, loop_disk(Path(folder), megabytes=16) as disk:
            disk.cut()
    except (NotPermittedError, OSError) as error:
        return f"no loop mounts here: {error}"
    return ""


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise NotPermittedError(f"{command[0]} is missing") from error
    if done.returncode:
        raise NotPermittedError(done.stderr.strip())
