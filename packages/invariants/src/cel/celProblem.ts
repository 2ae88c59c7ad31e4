/** What is wrong with a CEL expression, for those who compile scenarios; undefined where it can be asked. */
import { compileCel, type CelProblem, type Row } from './celExpression.ts';

export function findCelProblem(text: string, row: Row): CelProblem | undefined {
  const compiled = compileCel(text, row);
  return 'expression' in compiled ? undefined : compiled;
}
