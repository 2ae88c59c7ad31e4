// Rules of STYLE.md about the shape of code that oxlint has none for. An oxlint plugin has ESLint's form.

/** Module-level `let` is a global: two runs in one process would see each other. */
const noModuleLet = {
  create: (context) => ({
    Program(program) {
      for (const statement of program.body) {
        const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
        if (declaration?.type !== 'VariableDeclaration' || declaration.kind === 'const') continue;
        context.report({ node: declaration, message: 'No module-level let: hand the value in as a parameter.' });
      }
    },
  }),
};

/** Behaviour is found by reading one file; an error is the only thing that must have a parent. */
const noInheritance = {
  create: (context) => {
    const check = (node) => {
      const parent = node.superClass;
      if (parent === null || (parent.type === 'Identifier' && parent.name === 'Error')) return;
      context.report({ node, message: 'No inheritance (but from Error): hold the other thing, or write a function.' });
    };
    return { ClassDeclaration: check, ClassExpression: check };
  },
};

/** A decorator acts far away from where it stands. */
const noDecorators = {
  create: (context) => ({
    Decorator: (node) => context.report({ node, message: 'No decorators: call the function.' }),
  }),
};

/** @public Loaded by oxlint, which .oxlintrc.json tells where it is. */
export default {
  meta: { name: 'house' },
  rules: { 'no-module-let': noModuleLet, 'no-inheritance': noInheritance, 'no-decorators': noDecorators },
};
