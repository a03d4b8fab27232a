"""Running pare, and counting what passed."""
import json
import subprocess
import sys


def run(binary, *arguments, timeout=300):
    """Exit code, standard output and standard error; a negative code is a crash."""
    command = [str(each) for each in (binary, *arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


def succeed(binary, *arguments, **options):
    """Standard output, of a run that must succeed."""
    code, out, error = run(binary, *arguments, **options)
    if code != 0:
        raise AssertionError(f"pare {arguments[0]} exited with {code}: {error.strip()[-300:]}")
    return out


def succeed_json(binary, *arguments, **options):
    return json.loads(succeed(binary, *arguments, **options))


class Tally:
    """Prints a line a test. `check` runs one: it returns what to say, or raises."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, test, *arguments):
        try:
            remark = test(*arguments) or ""
            self.passed += 1
            print(f"ok    {name:<28} {remark}".rstrip(), flush=True)
        except (AssertionError, OSError, ValueError, KeyError, subprocess.TimeoutExpired) as error:
            self.failed += 1
            said = " ".join(str(error).split())[:400]
            print(f"FAIL  {name:<28} {type(error).__name__}: {said}", flush=True)

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed else 0)
