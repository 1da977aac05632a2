// node github-parser.mjs FILE...: reads workflow files with GitHub's own parser, as the web editor does.
import "./packages.mjs";
import { checkFiles } from "./report.mjs";

const { FeatureFlags } = await import("@actions/expressions/features");
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import("@actions/workflow-parser");
const { TemplateContext, TemplateValidationErrors } = await import("@actions/workflow-parser/templates/template-context");
const { getWorkflowSchema } = await import("@actions/workflow-parser/workflows/workflow-schema");

// With all features on: keys that are out on github.com are still switched off in the parser's defaults.
const featureFlags = new FeatureFlags({ all: true });

await checkFiles(async (content, name) => {
  const context = new TemplateContext(new TemplateValidationErrors(), getWorkflowSchema(), new NoOperationTraceWriter());
  context.state.featureFlags = featureFlags;
  const { value } = parseWorkflow({ name, content }, context);
  if (value) await convertWorkflowTemplate(context, value, undefined, { featureFlags });
  return context.errors.getErrors().map((error) => ({
    line: error.range?.start.line ?? null,
    message: error.rawMessage ?? error.message,
  }));
});
