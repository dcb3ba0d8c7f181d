// Lints the packages as they would be published: do their exports and their types resolve? (The command line of
// arethetypeswrong accepts a package without types, so this calls its library.)

import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { packAll } from "./pack.mjs";

for (const [name, tarball] of packAll()) {
  for (const problem of await lint(tarball)) {
    console.error(`${name}: ${problem}`);
    process.exitCode = 1;
  }
}

async function lint(tarball) {
  const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, strict: true, level: "warning" });
  const { types, problems = [] } = await checkPackage(createPackageFromTarballData(tarball));
  return [
    ...messages.map((message) => formatMessage(message, pkg)),
    ...(types ? [] : ["it holds no types"]),
    // We publish ES modules only: `require`, and resolvers older than `exports`, fail on purpose.
    ...problems
      .filter((problem) => !["node10", "node16-cjs"].includes(problem.resolutionKind))
      .map((problem) => JSON.stringify(problem)),
  ];
}
