// SARIF by Microsoft's validator, JSON and GitLab's reports by their schemas, JUnit by a reader of test reports.
// Usage: node read.mjs TOOLS FOLDER, with what write.py wrote in FOLDER.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import assert from "node:assert/strict";

const [tools, work] = process.argv.slice(2);
const require = createRequire(join(tools, "package.json"));
const json = (name) => JSON.parse(readFileSync(join(work, name), "utf8"));

// ---- SARIF

const validator = join(tools, "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool");

/** What the validator finds in a file, as "RULE: message". */
function findings(name) {
  const report = join(work, `${name}.validated`);
  try {
    const options = ["validate", join(work, name), "--rule-kind", "Sarif;Ghas", "--output", report];
    execFileSync(validator, options, {
      env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1" },
      stdio: "pipe",
    });
  } catch (error) {
    // It ends so where it finds an error, too; the report tells which.
    assert.equal(error.status, 1, `${name}: ${error.stdout}${error.stderr}`);
  }
  const run = JSON.parse(readFileSync(report, "utf8")).runs[0];
  const notes = run.invocations.flatMap((i) => i.toolExecutionNotifications ?? []);
  assert.deepEqual(notes.filter((n) => n.level === "error"), [], `${name}: the validator failed`);
  return run.results.map((r) => `${r.ruleId}: ${r.level ?? "warning"}: ${JSON.stringify(r.message)}`);
}

const sarifs = readdirSync(work).filter((f) => f.endsWith(".sarif")).sort();
assert.equal(sarifs.length, 7, sarifs.join(", "));
for (const name of sarifs) {
  // There is no page of this tool on the web, so none is named. (The validator misspells its own message's name.)
  const bad = findings(name).filter((f) => !/^SARIF2005: warning: .*ToolnformationUri"/.test(f));
  assert.deepEqual(bad, [], name);
}
assert.equal(json("internal.sarif").runs[0].invocations[0].executionSuccessful, false);
assert.ok(json("hostile.sarif").runs[0].results.length > 5);
const broken = json("examples.sarif");
broken.runs[0].results[0].ruleIndex = 4_000;
broken.runs[0].results[0].locations[0].physicalLocation.region.startLine = 0;
writeFileSync(join(work, "broken.sarif"), JSON.stringify(broken));
assert.ok(findings("broken.sarif").some((f) => f.includes(": error: ")), "the validator refuses what is broken");
console.log(`SARIF: ${sarifs.length} files`);

// ---- JSON by its schemas

const Ajv = require("ajv/dist/2020.js").default;
const ajv = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });
require("ajv-formats").default(ajv);

/** That a value is as a schema has it, and is not once it is broken so. */
function valid(schema, value, name, spoil) {
  assert.ok(schema(value), `${name}: ${ajv.errorsText(schema.errors)}`);
  if (spoil) {
    const other = structuredClone(value);
    spoil(other);
    assert.ok(!schema(other), `${name}: the schema refuses what is broken`);
  }
}

const check = ajv.compile(json("check.schema.json"));
const rules = ajv.compile(json("rules.schema.json"));
const gitlab = ajv.compile(JSON.parse(readFileSync(new URL("gitlab.schema.json", import.meta.url), "utf8")));
for (const project of ["examples", "hostile", "clean"]) {
  valid(check, json(`${project}.json`), `${project}.json`, (v) => delete v.as_of);
  const issues = json(`${project}.gitlab`);
  valid(gitlab, issues, `${project}.gitlab`, issues.length && ((v) => (v[0].severity = "error")));
  // A fingerprint is what GitLab tells issues apart by.
  assert.equal(new Set(issues.map((i) => i.fingerprint)).size, issues.length, `${project}: fingerprints differ`);
}
valid(rules, json("rules.json"), "rules.json", (v) => (v[0].id = 1));
console.log("JSON, GitLab: 3 projects each, and the list of rules");

// ---- JUnit

const { parseV2 } = require("test-results-parser");
for (const project of ["examples", "hostile", "clean"]) {
  const { result, errors } = parseV2({ type: "junit", files: [join(work, `${project}.junit`)] });
  assert.deepEqual(errors, [], project);
  const told = json(`${project}.json`);
  const wanted = told.devices.flatMap((d) =>
    d.markets.flatMap((m) => m.verdicts.map((v) => `${d.id} in ${m.market}: ${v.requirement} ${v.outcome}`)),
  );
  const suites = result.suites.filter((s) => s.name !== "declarations");
  const read = suites.flatMap((s) => s.cases.map((c) => `${s.name}: ${c.name} ${c.metadata.outcome}`));
  assert.deepEqual(read.sort(), wanted.sort(), `${project}: verdicts`);
  const failing = new Set(["unmet", "unknown"]);
  const all = suites.flatMap((s) => s.cases);
  assert.ok(all.every((c) => c.status !== "FAIL" || failing.has(c.metadata.outcome)), project);
  assert.equal(result.failed, result.suites.flatMap((s) => s.cases).filter((c) => c.status === "FAIL").length);
  assert.equal(result.failed > 0, project !== "clean", project);
}
console.log("JUnit by test-results-parser: 3 projects");
