/** A text of ours without the hint that Python's does not have: a message, or the `repr` of an error. */
export function withoutHint(text: string): string {
  return text.replace(/ \(hint: [^()]*\)(?=$|['"])/, "");
}
