import { packages, rooms } from "./.ci/structure.mjs";

/** One way down: a package imports only from those before it, and a room of a package likewise. */
function importRules(name, position) {
  const below = packages.slice(0, position).map((other) => `@yieldstar/${other}`);
  const patterns = [
    {
      group: ["yieldstar", "@yieldstar/*", ...below.map((other) => `!${other}`)],
      message: `${name} may import only from ${below.join(", ") || "no package of ours"}.`,
    },
    { group: ["**/src/**", "**/dist/**"], message: "Import another package by its name." },
    { group: ["node:*"], message: "The library runs on any host: what Node has comes as a global, in a Host." },
  ];
  const rule = (...more) => ({ "no-restricted-imports": ["error", { patterns: [...patterns, ...more] }] });
  return [
    { files: [`packages/${name}/src/**`], rules: rule() },
    ...(rooms[name] ?? []).map((room, floor, all) => {
      const above = ["index", "internal", ...all.slice(floor + 1)];
      const group = above.flatMap((other) => [`../${other}/**`, `../../${other}/**`, `../${other}.ts`]);
      return {
        files: [`packages/${name}/src/${room}/**`],
        rules: rule({ group, message: `${room} imports only from itself and from ${all.slice(0, floor).join(", ")}.` }),
      };
    }),
  ];
}

/** The kinds of measurement, in a folder each. All use `shared`, and `command` runs all. */
const products = ["ratios", "growth", "fairness"];

function benchRules(folder) {
  const above = ["command", ...products].filter((other) => other !== folder);
  const patterns = [
    { group: above.map((other) => `**/${other}/**`), message: `${folder} imports only from itself and from shared.` },
  ];
  return { files: [`bench/src/${folder}/**`], rules: { "no-restricted-imports": ["error", { patterns }] } };
}

const unsafeUses = ["argument", "assignment", "call", "member-access", "return"].map(
  (use) => `typescript/no-unsafe-${use}`,
);

export default {
  // It uses the built packages, which may not exist yet; the compilers check it.
  ignorePatterns: [".ci/consumer"],
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: "error" },
  plugins: ["eslint", "import", "oxc", "promise", "typescript", "unicorn", "vitest"],
  categories: { correctness: "error", perf: "error", suspicious: "error" },
  rules: {
    ...Object.fromEntries(unsafeUses.map((rule) => [rule, "error"])),
    eqeqeq: "error",
    "import/no-cycle": ["error", { ignoreTypes: false }],
    "no-var": "error",
    "object-shorthand": "error",
    "prefer-const": "error",
    "typescript/ban-ts-comment": "error",
    "typescript/no-deprecated": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/no-unsafe-function-type": "error",
    "typescript/prefer-nullish-coalescing": "error",
    "typescript/prefer-readonly": "error",
    "typescript/return-await": "error",
    "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    "unicorn/filename-case": "error",
    "unicorn/prefer-node-protocol": "error",
    "vitest/expect-expect": ["error", { assertFunctionNames: ["expect*", "same*"] }],

    // A generator function without `yield` is a coroutine that never waits.
    "require-yield": "off",
    // `_name` marks what one file of a package shows to another; `@internal` hides it from everyone else.
    "no-underscore-dangle": "off",
    // Objects print as their repr, and a program may throw, await or set any value.
    "typescript/no-base-to-string": "off",
    "typescript/restrict-template-expressions": "off",
    "typescript/no-unsafe-type-assertion": "off",
    // TypeScript's noImplicitReturns checks this better.
    "typescript/consistent-return": "off",
    // ES2022 has no `toReversed` and no `toSorted`.
    "unicorn/no-array-reverse": "off",
    "unicorn/no-array-sort": "off",
    "unicorn/no-new-array": "off",
    // A test defines its coroutines where it uses them.
    "unicorn/consistent-function-scoping": "off",
    // Awaits in a loop are often intended.
    "no-await-in-loop": "off",
  },
  overrides: [
    ...packages.flatMap((name, position) => importRules(name, position)),
    ...[...products, "shared"].map(benchRules),
    // Plain JavaScript has no types to check.
    { files: ["**/*.mjs"], rules: Object.fromEntries(unsafeUses.map((rule) => [rule, "off"])) },
    // The benchmark measures the cheapest way to give up control.
    { files: ["bench/src/ratios/workloads/**"], rules: { "typescript/await-thenable": "off" } },
    // The setup of every test is in no test.
    { files: [".ci/vitest/**"], rules: { "vitest/no-standalone-expect": "off" } },
  ],
};
