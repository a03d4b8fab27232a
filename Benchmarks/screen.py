#!/usr/bin/env python3
"""screen.py PARE BUNDLE [--keys 300]: how soon the dashboard is there, and how soon it answers.

Runs the real program in a pseudo-terminal of 118x30. Times the first frame from the start of the
process; the first bytes after a key while an evaluation runs on all cores (every key starts one);
and the processor time that the idle program uses in three seconds.
"""
import argparse
import os
import pty
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from fcntl import ioctl

SIZE = (30, 118)


class Dashboard:
    """The program in a terminal of its own."""

    def __init__(self, binary, bundle):
        self.started = time.perf_counter()
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.environ.update(TERM="xterm-256color", LANG="C.UTF-8", XDG_STATE_HOME=tempfile.mkdtemp())
            ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
            os.execv(binary, [binary, bundle])

    def read(self, seconds):
        """What the program writes within some seconds: the first bytes that come."""
        ready, _, _ = select.select([self.terminal], [], [], seconds)
        try:
            return os.read(self.terminal, 1 << 16) if ready else b""
        except OSError:  # The program has ended.
            return b""

    def read_until(self, text, seconds):
        seen, end = b"", time.perf_counter() + seconds
        while text not in seen:
            left = end - time.perf_counter()
            if left <= 0:
                sys.exit(f"the dashboard did not show {text.decode()!r} within {seconds} s")
            seen += self.read(left)

    def drain(self, quiet):
        while self.read(quiet):
            pass

    def answer(self, key):
        """Milliseconds from a key to the first bytes of the frame that shows it."""
        while self.read(0):
            pass
        start = time.perf_counter()
        os.write(self.terminal, key)
        self.read(2)
        return 1000 * (time.perf_counter() - start)

    def processor_ticks(self):
        fields = open(f"/proc/{self.process}/stat").read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def rest(self, seconds):
        """Waits until it has worked ahead and has nothing left to do."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            before = self.processor_ticks()
            self.drain(1)
            if self.processor_ticks() - before < 2:
                return

    def quit(self):
        os.write(self.terminal, b"q")
        self.drain(1)
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pare")
    parser.add_argument("bundle")
    parser.add_argument("--keys", type=int, default=300)
    arguments = parser.parse_args()

    firsts = []
    for _ in range(5):
        dashboard = Dashboard(arguments.pare, arguments.bundle)
        dashboard.read_until(b"Layers", 10)
        firsts.append(1000 * (time.perf_counter() - dashboard.started))
        dashboard.quit()
    print(f"first frame               {sorted(firsts)[2]:8.1f} ms (median of 5; goal 200)")

    dashboard = Dashboard(arguments.pare, arguments.bundle)
    dashboard.read_until(b"Layers", 10)
    time.sleep(1)
    for _ in range(3):
        dashboard.answer(b"j")
    times = []
    for index in range(arguments.keys):
        times.append(dashboard.answer(b"l" if index // 40 % 2 == 0 else b"h"))
        time.sleep(0.03)  # As fast as a held key repeats; the evaluation that it started is running.
    times.sort()
    for share in (0.5, 0.9, 0.99):
        print(f"key to frame, {share:4.0%}        {times[int(share * (len(times) - 1))]:8.2f} ms (goal 16 at 99%)")

    dashboard.rest(60)
    before = dashboard.processor_ticks()
    time.sleep(3)
    ticks = dashboard.processor_ticks() - before
    print(f"idle for 3 s              {10 * ticks:8.0f} ms of processor time")
    dashboard.quit()


if __name__ == "__main__":
    main()
