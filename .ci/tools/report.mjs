// What both checkers share: every finding is a line of JSON on stdout; exit status 1 if there was any, 2 if the checker fell over.
import { readFileSync } from "node:fs";

// checkFiles(check): check(text, path) gives the findings of one file, each { line, message }.
export async function checkFiles(check) {
  const files = process.argv.slice(2);
  if (files.length === 0) {
    console.error("usage: node CHECKER FILE...");
    process.exit(2);
  }
  let found = 0;
  try {
    for (const file of files) {
      for (const finding of await check(readFileSync(file, "utf8"), file)) {
        console.log(JSON.stringify({ file, ...finding }));
        found += 1;
      }
    }
  } catch (error) {
    console.error(error);
    process.exit(2);
  }
  process.exitCode = found ? 1 : 0;
}
