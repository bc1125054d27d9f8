// Checks Kubernetes documents against the schemas of their kinds.
//
//   node validate.cjs < documents.json     (a JSON array)
//
// The validators of kubernetes-models find wrong types and missing keys but
// let unknown keys pass, and a cluster would drop a misspelt `readynessProbe`
// just as silently. A validator looks up every key it knows, so the keys it
// never looks up are the unknown ones: it is given a view of the document that
// records what was looked up.
"use strict";
const fs = require("fs");
const path = require("path");

function recordingView(value, here, seen) {
  if (value === null || typeof value !== "object") return value;
  return new Proxy(value, {
    get(target, key) {
      if (typeof key !== "string") return target[key];
      if (!Object.hasOwn(target, key)) return target[key];
      const below = `${here}/${key}`;
      seen.add(below);
      return recordingView(target[key], below, seen);
    },
  });
}

function allKeys(value, here = "") {
  if (value === null || typeof value !== "object") return [];
  return Object.keys(value).flatMap((key) => [
    `${here}/${key}`,
    ...allKeys(value[key], `${here}/${key}`),
  ]);
}

// The schema validator of a document's kind. A model class is exported a
// second time under its schema's name.
function validatorOf(document) {
  const models = require(`kubernetes-models/${document.apiVersion}`);
  const model = models[document.kind];
  if (!model) throw new Error(`no kind ${document.kind}`);
  const schema = Object.keys(models).find(
    (name) => name !== document.kind && models[name] === model);
  const root = path.dirname(require.resolve("kubernetes-models"));
  return require(path.join(root, "_schemas", `${schema}.js`)).validate;
}

function problemsOf(document) {
  const validate = validatorOf(document);
  const seen = new Set();
  const problems = [];
  if (!validate(recordingView(document, "", seen))) {
    for (const error of validate.errors) {
      problems.push(`${error.instancePath || "/"}: ${error.keyword} ` +
                    JSON.stringify(error.params));
    }
  }
  // Of an unknown key, not what stands below it.
  const unknown = allKeys(document).filter((key) => !seen.has(key));
  for (const key of unknown) {
    if (!unknown.includes(path.dirname(key))) {
      problems.push(`${key}: unknown key`);
    }
  }
  return problems;
}

let failed = false;
for (const document of JSON.parse(fs.readFileSync(0, "utf8"))) {
  const name = `${document.kind} ${document.metadata.name}`;
  let problems;
  try {
    problems = problemsOf(document);
  } catch (error) {
    problems = [error.message];
  }
  for (const problem of problems) {
    failed = true;
    console.log(`${name}: ${problem}`);
  }
}
process.exit(failed ? 1 : 0);
