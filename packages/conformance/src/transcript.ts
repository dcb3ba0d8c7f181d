/** Expects that a program and its port have printed the same, byte for byte; shows both, side by side, if not. */
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

/** A transcript's lines; one that the transcript does not end says so, since that too is a difference. */
function linesOf(transcript: string): string[] {
  const lines = transcript.split("\n");
  const last = lines.pop();
  return last === "" ? lines : [...lines, `${last}\\ (no newline)`];
}
