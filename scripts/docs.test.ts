/** The reference is all a user sees of a definition, so a part of it must not get lost on the way to the page. */
import { expect, test } from 'vitest';
import { faultRegistry } from '@everynode/sim/faults/registry';
import { parseYaml } from '../packages/scenario/src/yamlText.ts';
import { flowYaml } from './docs/faultPages.ts';
import { type Described, referencePage } from './docs/reference.ts';

const watchLag: Described = {
  summary: 'Holds back watch events on their way to one client.',
  targets: 'none',
  instant: false,
  params: {
    client: { kind: 'client', summary: 'whose watches lag', optional: false, schema: {} },
    delay: { kind: 'draw', summary: 'how long | each', optional: true, schema: {} },
    count: { kind: 'count', summary: 'how many', optional: false, schema: {}, defaultValue: 1 },
  },
};

test('a page has every name in order, with targets, promise and parameters', () => {
  const page = referencePage('Faults', 'What can go wrong.', {
    WatchLag: watchLag,
    NodeCrash: { summary: 'Cuts the power.', targets: 'nodes', instant: true, promise: 'It comes back.', params: {} },
  });
  expect(page).toMatchInlineSnapshot(`
    "# Faults

    <!-- Written by \`npm run fix:docs\` from the code. Change it there. -->

    What can go wrong.

    ## NodeCrash

    Cuts the power.

    Targets: nodes; over at once, so it takes no \`for\`.

    It comes back.

    No parameters.

    ## WatchLag

    Holds back watch events on their way to one client.

    Has no targets; lasts as long as \`for\` says.

    | parameter | kind | default | meaning |
    | --- | --- | --- | --- |
    | \`client\` | client | required | whose watches lag |
    | \`delay\` | draw | optional | how long \\| each |
    | \`count\` | count | \`1\` | how many |
    "
  `);
});

test('the example on the page of each fault is YAML for the one in its definition', () => {
  for (const [type, { example }] of Object.entries(faultRegistry)) {
    const [document] = parseYaml('page.md', `fault: ${flowYaml({ type, ...example })}\n`, 'scenario');
    expect(document?.value).toEqual({ fault: { type, ...example } });
  }
});
