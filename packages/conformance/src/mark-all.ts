import ts from "typescript-5.9";

/** A module whose address ends with this is loaded with all its generator functions marked. */
export const markedQuery = "?marked";

/** A text that is inserted into the source. */
interface Insertion {
  readonly at: number;
  readonly text: string;
}

const mark = "markAsCoroutine";

/**
 * Marks all generator functions of a module with `coroutine`, except methods whose names are private or computed. No line
 * moves.
 *
 * @param source - TypeScript
 */
export function markAll(source: string): string {
  const file = ts.createSourceFile("module.ts", source, ts.ScriptTarget.Latest, true);
  const insertions: Insertion[] = [{ at: 0, text: `import { coroutine as ${mark} } from "yieldstar"; ` }];
  const visit = (node: ts.Node): void => {
    insertions.push(...marksOf(node, file));
    ts.forEachChild(node, visit);
  };
  visit(file);
  // Sorting is stable: of those at one place the first comes first.
  insertions.sort((a, b) => a.at - b.at);
  let marked = "";
  let end = 0;
  for (const { at, text } of insertions) {
    marked += source.slice(end, at) + text;
    end = at;
  }
  return marked + source.slice(end);
}

function marksOf(node: ts.Node, file: ts.SourceFile): readonly Insertion[] {
  if (ts.isFunctionExpression(node) && isGenerator(node)) return around(node, file);
  if (ts.isObjectLiteralExpression(node) && node.properties.some(isMethod)) return around(node, file);
  if (ts.isClassLike(node) && node.members.some(isMethod)) {
    return [{ at: node.members.pos, text: ` static { ${mark}(this); } ` }];
  }
  if (ts.isFunctionDeclaration(node) && isGenerator(node) && node.name !== undefined) {
    // A function is there from the beginning of its block, and may be called before its declaration.
    const { parent } = node;
    const at = ts.isSourceFile(parent) ? 0 : (parent as ts.Block).statements.pos;
    return [{ at, text: ` ${mark}(${node.name.text}); ` }];
  }
  return [];
}

function around(node: ts.Node, file: ts.SourceFile): readonly Insertion[] {
  return [
    { at: node.getStart(file), text: `${mark}(` },
    { at: node.end, text: ")" },
  ];
}

type AnyFunction = ts.FunctionExpression | ts.FunctionDeclaration | ts.MethodDeclaration;

function isGenerator({ asteriskToken, modifiers }: AnyFunction): boolean {
  return asteriskToken !== undefined && modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) !== true;
}

function isMethod(node: ts.Node): boolean {
  return ts.isMethodDeclaration(node) && isGenerator(node) && node.body !== undefined && ts.isIdentifier(node.name);
}
