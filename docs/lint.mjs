// Do other tools take the published documents? Redocly without a single problem, and types that tsc takes in strict mode.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const OUT = join(HERE, "..", "build", "typescript");
const DOCUMENTS = join(HERE, "..", "site", "documents");
const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };

// What a tool says on stdout. With what it says on stderr it speaks of itself, not of the document, unless it fails.
function run(tool, ...options) {
  try {
    return execFileSync(join(HERE, "node_modules", ".bin", tool), options, { env, encoding: "utf-8", stdio: "pipe" });
  } catch (error) {
    return error.stdout || `${error.stderr}`;
  }
}

mkdirSync(OUT, { recursive: true });
let failed = false;
for (const file of readdirSync(DOCUMENTS).filter((name) => name.endsWith(".yaml"))) {
  const path = join(DOCUMENTS, file);
  const types = join(OUT, file.replace(".yaml", ".ts"));
  const report = run("redocly", "lint", "--config", join(HERE, "redocly.yaml"), "--format", "json", path);
  const problems = JSON.parse(report).problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0].pointer}`);
  run("openapi-typescript", path, "-o", types);
  const compiled = run("tsc", "--noEmit", "--strict", types);
  if (compiled.trim()) problems.push(compiled.trim());
  console.log(`${basename(file)}: ${problems.length ? "" : "as it should be"}`);
  for (const problem of problems) console.log(`  ${problem}`);
  failed ||= problems.length > 0;
}
process.exit(failed ? 1 : 0);
