/** Two traces beside each other, with a mark where they differ. */
export function sideBySide(python: readonly string[], port: readonly string[]): string {
  const width = Math.min(90, Math.max(6, ...python.map(({ length }) => length)));
  const rows = Array.from({ length: Math.max(python.length, port.length) }, (_, row) => {
    const [left = "", right = ""] = [python[row], port[row]];
    return `${left === right ? " " : "!"} ${left.padEnd(width)} | ${right}`.trimEnd();
  });
  return [`  ${"Python".padEnd(width)} | port`, ...rows].join("\n");
}
