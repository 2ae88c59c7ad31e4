/**
 * Time, dice and budgets are whole numbers: a fraction rounds differently the moment someone reorders a sum. So the
 * floors that decide what happens hold no float, no bare `/` and no `**` but of exact things (bigints, powers of two).
 */
import { type AstNode, isNode, lineAt, nameOf, type Problem, type SourceFile, walk } from './source.ts';

/** `reporter` and `scenario` are left out: a fraction of a pixel on a page, or in what a user wrote, harms nobody. */
const INTEGER_FLOORS = /^packages\/(?:core|trace|sim|invariants)\/src\//;

const ROUNDING = new Set(['trunc', 'floor', 'ceil', 'round']);
const TO_INTEGER = new Set(['|', '>>', '>>>', '&']);
const ARITHMETIC = new Set(['BinaryExpression', 'UnaryExpression', 'ConditionalExpression', 'ParenthesizedExpression']);

export function checkIntegers(file: SourceFile): readonly Problem[] {
  if (file.isTest || !INTEGER_FLOORS.test(file.path)) return [];
  const problems: Problem[] = [];
  walk(file.program, (node, ancestors) => {
    const message = fraction(node, ancestors);
    if (message !== undefined)
      problems.push({ path: file.path, line: lineAt(file.text, node.start), rule: 'integers', message });
  });
  return problems;
}

function fraction(node: AstNode, ancestors: readonly AstNode[]): string | undefined {
  if (node.type === 'Literal' && typeof node['value'] === 'number' && !Number.isInteger(node['value'])) {
    return `no float ${node['value']}: write ratio(numerator, denominator) or a smaller unit`;
  }
  const operator = String(node['operator']);
  const [left, right] = [node['left'], node['right']];
  if (!/^(?:\/|\*\*)=?$/.test(operator) || isBigInt(left, ancestors) || isBigInt(right, ancestors)) return undefined;
  if (operator.startsWith('**')) {
    return isTwo(left) ? undefined : 'no **: multiply in a loop or look it up, so that the result stays a whole number';
  }
  if (operator === '/=') return 'no /=: write x = Math.trunc(x / y)';
  return isRounded(ancestors)
    ? undefined
    : 'no bare /: wrap the quotient in Math.trunc, so that it stays a whole number';
}

/** Looks outward through plain arithmetic for a rounding call or a bit operation. */
function isRounded(ancestors: readonly AstNode[]): boolean {
  for (const each of [...ancestors].reverse()) {
    if (each.type === 'CallExpression') return isRoundingCall(each['callee']);
    if (!ARITHMETIC.has(each.type)) return false;
    if (TO_INTEGER.has(String(each['operator']))) return true;
  }
  return false;
}

function isRoundingCall(callee: unknown): boolean {
  return isNode(callee) && nameOf(callee['object']) === 'Math' && ROUNDING.has(nameOf(callee['property']) ?? '');
}

/** As far as syntax shows it: `2n`, `BigInt(x)`, a parameter declared `bigint`, and what is computed from these. */
function isBigInt(node: unknown, ancestors: readonly AstNode[]): boolean {
  if (!isNode(node)) return false;
  if (node.type === 'Identifier') return bigIntParameters(ancestors).includes(nameOf(node));
  if (node.type === 'CallExpression') return nameOf(node['callee']) === 'BigInt';
  const parts = [node['left'], node['right'], node['argument'], node['expression']];
  return typeof node['bigint'] === 'string' || parts.some((part) => isBigInt(part, ancestors));
}

function bigIntParameters(ancestors: readonly AstNode[]): readonly (string | undefined)[] {
  const params = ancestors.flatMap((each) =>
    Array.isArray(each['params']) ? (each['params'] as readonly AstNode[]) : [],
  );
  return params.filter((param) => typeOf(param['typeAnnotation']) === 'TSBigIntKeyword').map(nameOf);
}

function typeOf(annotation: unknown): string | undefined {
  return isNode(annotation) && isNode(annotation['typeAnnotation']) ? annotation['typeAnnotation'].type : undefined;
}

function isTwo(node: unknown): boolean {
  return isNode(node) && node['value'] === 2;
}
