"""Starts a command, presses Ctrl-C when its output has shown a text, and exits as the command did.

usage: interrupt.py terminal|full-pipe|apart TEXT COMMAND...

terminal:  the command has a terminal of its own, and Ctrl-C is typed into it.
full-pipe: the command's stderr is a pipe that is full, and read no more, by the time it gets SIGINT.
apart:     the command gets SIGINT; what it printed to stderr goes to stderr.

What the command printed goes to stdout. Every wait is bounded; whatever still runs in the end is killed.
"""
import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import time

LIMIT_SECONDS = 280
FAREWELL_SECONDS = 60
SET_PIPE_SIZE = 1031  # fcntl.F_SETPIPE_SZ, which Python knows from 3.10 on


def read_until(source, text, deadline):
    seen = b""
    while text not in seen:
        if not select.select([source], [], [], max(0.0, deadline - time.monotonic()))[0]:
            sys.exit("never printed: " + text.decode() + "\n" + seen.decode(errors="replace"))
        try:
            part = os.read(source, 65536)
        except OSError:  # the terminal's other side is closed
            part = b""
        if not part:
            sys.exit("ended before it printed: " + text.decode() + "\n" + seen.decode(errors="replace"))
        seen += part
    return seen


def read_rest(source, deadline):
    seen = b""
    while select.select([source], [], [], max(0.0, deadline - time.monotonic()))[0]:
        try:
            part = os.read(source, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
    return seen


def default_interrupt():
    """A shell starts background jobs with SIGINT ignored, which a program keeps."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def in_terminal(text, command):
    child, terminal = pty.fork()
    if child == 0:
        default_interrupt()
        os.execvp(command[0], command)
    try:
        deadline = time.monotonic() + LIMIT_SECONDS
        output = read_until(terminal, text, deadline)
        os.write(terminal, b"\x03")
        output += read_rest(terminal, min(deadline, time.monotonic() + FAREWELL_SECONDS))
        sys.stdout.write(output.decode(errors="replace"))
        return wait(child)
    finally:
        kill(child)


def into_full_pipe(text, command):
    reader, writer = os.pipe()
    fcntl.fcntl(writer, SET_PIPE_SIZE, 4096)
    child = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=writer, preexec_fn=default_interrupt, start_new_session=True)
    try:
        output = read_until(reader, text, time.monotonic() + LIMIT_SECONDS)
        os.set_blocking(writer, False)
        try:
            while True:
                os.write(writer, b"." * 512)
        except BlockingIOError:
            pass
        child.send_signal(signal.SIGINT)
        sys.stdout.write(output.decode(errors="replace"))
        return wait(child.pid)
    finally:
        kill(child.pid)


def apart(text, command):
    reader, writer = os.pipe()
    child = subprocess.Popen(command, stderr=writer, preexec_fn=default_interrupt, start_new_session=True)
    os.close(writer)
    try:
        output = read_until(reader, text, time.monotonic() + LIMIT_SECONDS)
        child.send_signal(signal.SIGINT)
        output += read_rest(reader, time.monotonic() + FAREWELL_SECONDS)
        sys.stderr.write(output.decode(errors="replace"))
        return wait(child.pid)
    finally:
        kill(child.pid)


def wait(child):
    deadline = time.monotonic() + FAREWELL_SECONDS
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
        time.sleep(0.1)
    sys.exit("did not end after Ctrl-C")


def kill(child):
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        pass


if __name__ == "__main__":
    ways = {"terminal": in_terminal, "full-pipe": into_full_pipe, "apart": apart}
    sys.exit(ways[sys.argv[1]](sys.argv[2].encode(), sys.argv[3:]))
