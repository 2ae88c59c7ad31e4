/** Judges documents against the schema of scenarios, with ajv, and explains what does not fit with positions. */
import { Ajv, type ValidateFunction } from 'ajv';
import type { JsonSchema } from '@everynode/sim/params';
import { scenarioSchema } from './schema.ts';
import { explainShape } from './schemaMessages.ts';
import type { Problem } from './scenarioError.ts';
import type { Vocabulary } from './vocabulary.ts';
import type { YamlDocument } from './yamlText.ts';

/** Compiled once per vocabulary: compiling takes tens of milliseconds. */
export interface ShapeChecker {
  readonly schema: JsonSchema;
  /** What is wrong with the value; `document` tells where its parts stand. */
  check(value: unknown, document: Pick<YamlDocument, 'sourceOf'>): readonly Problem[];
}

export function shapeChecker(vocabulary: Vocabulary): ShapeChecker {
  const schema = scenarioSchema(vocabulary);
  const validate = compileSchema(schema);
  return {
    schema,
    check: (value, document) => {
      if (validate(value)) return [];
      const found = explainShape(schema, value);
      if (found.length > 0)
        return found.map(({ path, at, message }) => ({ source: document.sourceOf(path, at), message }));
      // The walk saw nothing where ajv did: better its words than none.
      return [
        {
          source: document.sourceOf([]),
          message: `${new Ajv().errorsText(validate.errors)}; see scenario.schema.json`,
        },
      ];
    },
  };
}

export function compileSchema(schema: JsonSchema): ValidateFunction {
  return new Ajv({
    allErrors: true,
    strict: true,
    // Rejects a choice between keys that are declared beside it, which is what a step is.
    strictRequired: false,
    allowUnionTypes: true,
    // A test checks our schema against the draft once; each start of the command would pay 140 ms for it.
    validateSchema: false,
    // Tidying the generated code costs 50 ms more than it saves on a few documents.
    code: { optimize: false },
  }).compile(schema);
}
