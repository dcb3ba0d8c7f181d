/** Expects that a program and its port have printed the same, byte for byte; otherwise shows both, side by side. */
export function expectSameTranscript(name: string, python: string, port: string): void {
  if (python !== port) throw new Error(`${name}: the port does not do what Python does\n\n${sideBySide(python, port)}`);
}

function sideBySide(python: string, port: string): string {
  const left = linesOf(python);
  const right = linesOf(port);
  const rows = Array.from({ length: Math.max(left.length, right.length) }, (_, row) => {
    const [pythonLine = "", portLine = ""] = [left[row], right[row]];
    return { mark: left[row] === right[row] ? " " : "!", pythonLine, portLine };
  });
  const head = { mark: " ", pythonLine: "Python", portLine: "port" };
  const width = Math.max(...[head, ...rows].map(({ pythonLine }) => pythonLine.length));
  return [head, ...rows]
    .map(({ mark, pythonLine, portLine }) => `${mark} ${pythonLine.padEnd(width)} | ${portLine}`.trimEnd())
    .join("\n");
}

/** The lines of a transcript; a last line without an end is marked, since that is a difference too. */
function linesOf(transcript: string): string[] {
  const lines = transcript.split("\n");
  const last = lines.pop();
  return last === "" ? lines : [...lines, `${last}\\ (no newline)`];
}
