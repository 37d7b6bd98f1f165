"""JUnit by `junitparser`: what it reads is what the JSON says. Usage: junit.py FOLDER."""

import json
import pathlib
import sys
import xml.etree.ElementTree

from junitparser import Failure, Skipped
from junitparser.xunit2 import JUnitXml


def main():
    work = pathlib.Path(sys.argv[1])
    for project in ["examples", "hostile", "clean"]:
        told = json.loads((work / f"{project}.json").read_text(encoding="utf-8"))
        wanted, files = set(), {}
        for device in told["devices"]:
            for market in device["markets"]:
                suite = f"{device['id']} in {market['market']}"
                files[suite] = device["file"]
                wanted |= {(suite, v["requirement"], v["outcome"]) for v in market["verdicts"]}
        read = set()
        failures = 0
        for suite in JUnitXml.fromfile(str(work / f"{project}.junit")):
            ended = {"failures": 0, "skipped": 0, "tests": 0}
            for case in suite:
                results = case.result
                assert len(results) <= 1, (project, case.name)
                ended["tests"] += 1
                ended["failures"] += sum(isinstance(r, Failure) for r in results)
                ended["skipped"] += sum(isinstance(r, Skipped) for r in results)
                assert all(r.message for r in results), (project, case.name, "says why")
                outcome = {p.name: p.value for p in case.properties() or []}.get("outcome")
                if suite.name != "declarations":
                    read.add((suite.name, case.name, outcome))
            counted = {"failures": suite.failures, "skipped": suite.skipped, "tests": suite.tests}
            assert counted == ended, (project, suite.name, counted, ended)
            failures += ended["failures"]
            if suite.name in files:
                # What XML cannot hold is written out.
                file = files[suite.name].replace("\uffff", "\\u{ffff}")
                assert suite._elem.get("file") == file, (suite._elem.get("file"), file)
        assert read == wanted, (project, read ^ wanted)
        assert (failures > 0) == (project != "clean"), (project, failures)
    try:
        JUnitXml.fromstring("<testsuites><testsuite name='\x01'/></testsuites>")
    except xml.etree.ElementTree.ParseError:
        pass
    except Exception as error:  # lxml, where it is there, has an error of its own
        assert "XMLSyntaxError" in type(error).__name__, error
    else:
        sys.exit("the reader takes what is no XML")
    print("JUnit by junitparser: 3 projects")


main()
