"""Writes what the readers read: every format of a check over the examples and over a hostile project.

Usage: write.py EXAMPLES FOLDER, with the program in the variable DOSSIER. In FOLDER are then NAME.FORMAT for each
project and format, and the schemas as NAME.schema.json.
"""

import os
import pathlib
import subprocess
import sys

FORMATS = ["json", "sarif", "junit", "gitlab"]

# Spaces, quotes, CJK, a line end, what a URI and XML give a meaning to, and a character that XML cannot hold.
FILE = "二 型 100%25 \"a\" 'b'\n#1?&<x>;é\uffff.dossier"

# Control characters, characters that turn the direction of a text, an end of CDATA, an unfinished entity, an emoji.
DEVICE = """\
device kettle "Kettle <&\\"'> 🔥 ]]> \x1b[2J \ufffe\uffff \x01 \u202e a::b,c%0A &#0;" {
  software   simd
  softwaer   simd // 🔥
  connectios [wifi]

  market HK { status planned }
  market SG { status planned }
  market 二 { status planned }

  evidence report "no such/二 \x07 file <&.pdf" { kind "\x1b]0;x\x07" }

  control no_such_control { status implemented }

  waive HK-NO-SUCH {
    because     "]]> \x00 \ufffe"
    approved_by "二"
    until       2025-01-31
  }
}
\ufffe \x07
"""


def run(arguments, folder, statuses):
    """What the program writes; it must end with one of these statuses and say nothing of an internal error."""
    ran = subprocess.run([os.environ["DOSSIER"], *arguments], cwd=folder, capture_output=True)
    said = ran.stderr.decode()
    if ran.returncode not in statuses or "internal error" in said:
        sys.exit(f"dossier {' '.join(arguments)} ended with {ran.returncode}: {said}")
    return ran.stdout


def main():
    examples, work = (pathlib.Path(a) for a in sys.argv[1:])
    hostile = work / "hostile"
    hostile.mkdir()
    (hostile / "dossier.toml").write_text("as_of = 2026-11-23\n", encoding="utf-8")
    (hostile / FILE).write_text(DEVICE, encoding="utf-8")
    # Files that cannot be read as text at all are findings too.
    (hostile / "latin.dossier").write_bytes(b"device caf\xe9")
    clean = work / "clean"
    clean.mkdir()
    (clean / "dossier.toml").write_text("as_of = 2026-11-23\n", encoding="utf-8")
    (clean / "lamp.dossier").write_text('device lamp "Lamp" {\n  software none\n}\n', encoding="utf-8")
    for name, folder, statuses in [("examples", examples, [1]), ("hostile", hostile, [2]), ("clean", clean, [0])]:
        for form in FORMATS:
            (work / f"{name}.{form}").write_bytes(run(["check", "--format", form], folder, statuses))
        before = work / f"{name}.json"
        # Compared with itself, nothing is new: results are told as known ones where a format has a word for it.
        since = run(["check", "--format", "sarif", "--since", str(before)], folder, [0, 2])
        (work / f"{name}-since.sarif").write_bytes(since)
    (work / "rules.json").write_bytes(run(["rules", "list", "--format", "json"], examples, [0]))
    for schema in ["check", "rules"]:
        (work / f"{schema}.schema.json").write_bytes(run(["schema", schema], work, [0]))


main()
