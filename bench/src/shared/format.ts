/** The format of figures in the tables. */

/** Three significant digits at most, with a suitable unit. */
export function quantity(value: number, measures: "time" | "bytes"): string {
  if (measures === "bytes") return value >= 10_000 ? `${digits(value / 1000)} kB` : `${Math.round(value)} B`;
  if (value >= 1e9) return `${digits(value / 1e9)} s`;
  if (value >= 1e6) return `${digits(value / 1e6)} ms`;
  if (value >= 1e3) return `${digits(value / 1e3)} µs`;
  return `${digits(value)} ns`;
}

/** A ratio: `0.45`, `12`, `840`. */
export function ratio(value: number): string {
  return digits(value);
}

function digits(value: number): string {
  if (value >= 100) return String(Math.round(value));
  return value.toFixed(value >= 10 ? 1 : 2);
}

/** A table in Markdown with aligned columns; `columns` states the side: `left` or `right`. */
export function table(
  columns: readonly (readonly [title: string, side: "left" | "right"])[],
  rows: readonly (readonly string[])[],
): string {
  const widths = columns.map(([title], column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const pad = (cell: string, column: number) => {
    const width = widths[column] ?? 0;
    return columns[column]?.[1] === "right" ? cell.padStart(width) : cell.padEnd(width);
  };
  const line = (cells: readonly string[]) => `| ${cells.map(pad).join(" | ")} |`;
  const rule = columns.map(([, side], column) => {
    const dashes = "-".repeat((widths[column] ?? 0) - 1);
    return side === "right" ? `${dashes}:` : `${dashes}-`;
  });
  return [line(columns.map(([title]) => title)), line(rule), ...rows.map(line)].join("\n");
}
