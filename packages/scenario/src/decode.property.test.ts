/** No field goes unnoticed: whatever stands in an object is acted on, named as idle, or refused as unknown, with its path. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeObject } from './decode.ts';
import { GO_SHAPES, type GoShape } from './goShape.ts';
import type { JsonObject } from './scenario.ts';

/** A struct of the table, and how to get there: keys, and 0 for the first of a list. */
interface Place {
  readonly path: readonly (string | 0)[];
  readonly known: readonly string[];
  readonly isOpen: boolean;
  readonly isIdle: boolean;
}

const PLACES = placesIn(GO_SHAPES.DaemonSet, []);

function placesIn(shape: GoShape, path: Place['path']): readonly Place[] {
  if (typeof shape === 'string' || 'map' in shape) return [];
  if ('list' in shape) return placesIn(shape.list, [...path, 0]);
  const { fields, open = false, idle = false } = shape;
  const inner = Object.entries(fields).flatMap(([key, field]) => placesIn(field, [...path, key]));
  return [{ path, known: Object.keys(fields), isOpen: open, isIdle: idle }, ...inner];
}

/** An object in which nothing stands but this value at this place. */
function objectWith(path: Place['path'], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  return step === 0 ? [objectWith(rest, value)] : { [step]: objectWith(rest, value) };
}

const key = fc.stringMatching(/^[a-z][A-Za-z]{2,12}$/);

test('an unknown field at any place is refused by its path, or carried along under the name of what it is part of', () => {
  const place = fc.constantFrom(...PLACES);
  fc.assert(
    fc.property(place, key, fc.jsonValue(), ({ path, known, isOpen, isIdle }, name, value) => {
      fc.pre(!known.includes(name));
      const { problems, idle } = decodeObject('DaemonSet', objectWith(path, { [name]: value }) as JsonObject);
      expect(problems.map((problem) => problem.path)).toEqual(isOpen ? [] : [[...path, name]]);
      if (!isIdle) return;
      const whole = path.map((step) => (step === 0 ? '[]' : `.${step}`)).join('');
      expect(idle).toContain(whole.slice(1).replace(/\[\]$/, ''));
    }),
    { seed: 5 },
  );
});

test('whatever is inside an idle field, the field is named once', () => {
  const anything = fc
    .jsonValue()
    .filter((value) => value !== null && JSON.stringify(value) !== '{}' && JSON.stringify(value) !== '[]');
  fc.assert(
    fc.property(anything, (value) => {
      const spec = {
        template: { spec: { securityContext: value, containers: [{ envFrom: value }, { envFrom: value }] } },
      };
      expect(decodeObject('DaemonSet', { spec }).idle).toEqual([
        'spec.template.spec.securityContext',
        'spec.template.spec.containers[].envFrom',
      ]);
    }),
    { seed: 6 },
  );
});

test('a value of a wrong type inside of it is refused at its place, as the server would', () => {
  const containers = [{ name: 'a' }, { name: 'b', lifecycle: { preStop: { exec: { command: 'stop' } } } }];
  const { problems } = decodeObject('DaemonSet', { spec: { template: { spec: { containers } } } });
  expect(problems).toEqual([
    {
      path: ['spec', 'template', 'spec', 'containers', 1, 'lifecycle', 'preStop', 'exec', 'command'],
      at: 'value',
      message:
        'DaemonSet in version "v1" cannot be handled as a DaemonSet: json: cannot unmarshal string into Go struct field ExecAction.spec.template.spec.containers.lifecycle.preStop.exec.command of type []string; write a value of that type',
    },
  ]);
});
