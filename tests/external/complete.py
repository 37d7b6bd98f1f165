"""Real shells complete arguments of `dossier`: devices, markets, requirements, controls, options.

Usage: complete.py EXAMPLES, with the program in the variable DOSSIER. Bash and zsh run in a terminal of their own, where
keys are pressed as a person would; fish is asked by `complete -C`, which is its own completer.
"""

import os
import pathlib
import pty
import re
import select
import subprocess
import sys
import tempfile
import time

# What is typed, and what must then be offered.
CASES = [
    ("dossier check --device ", ["trace_af", "all"]),
    ("dossier check --market ", ["KR", "SG", "any"]),
    ("dossier explain KR-SEC-17-", ["KR-SEC-17-1"]),
    ("dossier rules list --control ", ["audit_logging", "user_authentication"]),
    ("dossier check --for", ["--format"]),
    ("dossier check --format ", ["sarif", "junit"]),
]
PATIENCE = 30.0


def environment(program, home):
    """An environment in which only this program is called `dossier`, and no dot files are read."""
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "HOME": home, "TERM": "xterm", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


class Terminal:
    """A shell in a terminal of its own."""

    def __init__(self, command, folder, env):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(command[0], command, env)
        self.seen = ""

    def press(self, keys):
        os.write(self.fd, keys.encode())

    def wait(self, done, what):
        """Reads until `done` holds of all that was shown since the last wait; gives that."""
        until = time.monotonic() + PATIENCE
        text = ""
        while not done(text):
            left = until - time.monotonic()
            ready = left > 0 and select.select([self.fd], [], [], left)[0]
            if not ready:
                sys.exit(f"{what}: not within {PATIENCE} s; shown was:\n{text}")
            try:
                more = os.read(self.fd, 65536)
            except OSError:
                more = b""
            if not more:
                sys.exit(f"{what}: the shell ended; shown was:\n{text}")
            # Without what only moves the cursor or paints.
            self.seen += more.decode(errors="replace")
            text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|[\x07\x08]", "", self.seen)
        self.seen = ""
        return text

    def end(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def words(text):
    return set(re.findall(r"[\w.-]+", text))


def in_terminal(name, command, setup, env, folder, cases):
    """Types each line and Tab, twice, in a shell that has read our script."""
    shell = Terminal(command, folder, env)
    shell.press("stty cols 200 rows 400; PS1='ready''> '\n" + setup + "\necho set''up done\n")
    shell.wait(lambda t: "setup done" in t, f"{name} starts")
    for line, wanted in cases:
        typed = words(line)
        shell.press(line)
        shell.press("\t\t")
        new = lambda t: set(wanted) <= (words(t.split(line, 1)[-1]) | (words(t) - typed))
        shell.wait(new, f"{name}: `{line}` offers {', '.join(wanted)}")
        # Away with the line (an interrupt would flush what is typed after it), and no word of it is taken for an answer
        # to the next.
        shell.press("\x15echo ne''xt\n")
        shell.wait(lambda t: re.search(r"\bnext\s", t), f"{name} goes on")
    shell.end()
    print(f"{name}: {len(cases)} lines completed")


def main():
    with tempfile.TemporaryDirectory() as home:
        complete(pathlib.Path(sys.argv[1]), pathlib.Path(os.environ["DOSSIER"]), home)


def complete(examples, program, home):
    env = environment(program, home)

    def script(shell):
        path = pathlib.Path(env["HOME"]) / f"dossier.{shell}"
        text = subprocess.run([program, "completions", shell], capture_output=True, check=True).stdout
        path.write_bytes(text)
        return path

    devices = subprocess.run(
        ["bash", "-c", "grep -rhoE --include='*.dossier' '^device [a-z_0-9]+' . | cut -d' ' -f2 | sort"],
        cwd=examples, capture_output=True, check=True, text=True,
    ).stdout.split()
    assert len(devices) >= 3, devices
    cases = [(line, devices if "--device" in line else wanted) for line, wanted in CASES]

    bash = ["bash", "--noprofile", "--norc", "-i"]
    quiet = "bind 'set enable-bracketed-paste off'; bind 'set completion-query-items 0'; bind 'set page-completions off'"
    in_terminal("bash", bash, f"{quiet}; source {script('bash')}", env, examples, cases)

    zsh = ["zsh", "-f", "-i"]
    load = "unset zle_bracketed_paste; LISTMAX=9999; autoload -Uz compinit; compinit -u; source"
    in_terminal("zsh", zsh, f"{load} {script('zsh')}", env, examples, cases)

    fish = script("fish")
    for line, wanted in cases:
        ask = f"source {fish}; complete -C '{line}'"
        ran = subprocess.run(["fish", "--no-config", "-c", ask], cwd=examples, env=env, capture_output=True, text=True)
        offered = {row.split("\t")[0] for row in ran.stdout.splitlines()}
        assert set(wanted) <= offered, f"fish: `{line}` offers {sorted(offered)}; {ran.stderr}"
    print(f"fish: {len(cases)} lines completed")

    # A program that answers nothing must not pass.
    ran = subprocess.run(
        ["fish", "--no-config", "-c", "complete -C 'dossier check --device '"],
        cwd=examples, env=env, capture_output=True, text=True,
    )
    assert not set(devices) & {row.split("\t")[0] for row in ran.stdout.splitlines()}, "without the script, no device"


main()
