import { describe, expect, test } from 'vitest';
import { type CommandLine, flagError, parseCommandLine, splitCommand, usageError } from './commandLine.ts';
import type { Flag } from './globalFlags.ts';

const FLAGS: readonly Flag[] = [
  { name: 'output', shorthand: 'o', type: 'string' },
  { name: 'all-namespaces', shorthand: 'A', type: 'bool' },
  { name: 'label-columns', shorthand: 'L', type: 'strings' },
  { name: 'dry-run', type: 'string', bare: 'unchanged' },
  { name: 'to-revision', type: 'int' },
  { name: 'timeout', type: 'duration' },
];

function parsed(...argv: readonly string[]): Extract<CommandLine, { readonly ok: true }> {
  const line = parseCommandLine(argv, FLAGS);
  if (!line.ok) throw new Error(line.error);
  return line;
}

describe('a flag with a value', () => {
  test.each([
    [['-o', 'yaml']],
    [['-oyaml']],
    [['-o=yaml']],
    [['--output', 'yaml']],
    [['--output=yaml']],
    [['-Aoyaml']],
  ])('reads as yaml when written as %j', (argv) => {
    expect(parsed(...argv).flags.text('output')).toBe('yaml');
  });

  test('counts as it stands last', () => {
    expect(parsed('-o', 'wide', '-o', 'name').flags.text('output')).toBe('name');
  });

  test('takes the next word even where that looks like a flag', () => {
    expect(parsed('--to-revision', '-2').flags.integer('to-revision')).toBe(-2);
  });

  test('may be bare where it has a value for that', () => {
    const { args, flags } = parsed('--dry-run', 'client');
    expect(flags.text('dry-run')).toBe('unchanged');
    expect(args).toEqual(['client']);
  });

  test('may be empty, and is undefined only where it is not there', () => {
    expect(parsed('--output=').flags.text('output')).toBe('');
    expect(parsed().flags.text('output')).toBeUndefined();
  });
});

test('lists are joined from commas and repetitions', () => {
  expect(parsed('-L', 'a,b', '--label-columns=c').flags.list('label-columns')).toEqual(['a', 'b', 'c']);
});

test('bools are on when bare, and off when told so', () => {
  expect(parsed('-A').flags.isOn('all-namespaces')).toBe(true);
  expect(parsed('-A', '--all-namespaces=f').flags.isOn('all-namespaces')).toBe(false);
  expect(parsed().flags.isOn('all-namespaces')).toBe(false);
});

test('durations are milliseconds', () => {
  expect(parsed('--timeout=1m1.5s').flags.durationMs('timeout')).toBe(61_500);
});

test('an underscore in the name of a flag is a dash', () => {
  expect(parsed('--all_namespaces').flags.isOn('all-namespaces')).toBe(true);
});

test('behind two dashes everything is an argument', () => {
  expect(parsed('ds', '-A', '--', '-o', 'x').args).toEqual(['ds', '-o', 'x']);
});

test('a flag of every command is known', () => {
  expect(parsed('-n', 'logging', '--context=c').flags.text('namespace')).toBe('logging');
});

// As real clients answer.
test.each([
  [['--bogus'], 'unknown flag: --bogus'],
  [['--bogus=1'], 'unknown flag: --bogus'],
  [['-Z'], "unknown shorthand flag: 'Z' in -Z"],
  [['-AZy'], "unknown shorthand flag: 'Z' in -Zy"],
  [['-o'], "flag needs an argument: 'o' in -o"],
  [['--output'], 'flag needs an argument: --output'],
  [['--=x'], 'bad flag syntax: --=x'],
  [['-A=x'], 'invalid argument "x" for "-A, --all-namespaces" flag: strconv.ParseBool: parsing "x": invalid syntax'],
  [['--to-revision=x'], 'invalid argument "x" for "--to-revision" flag: strconv.ParseInt: parsing "x": invalid syntax'],
  [
    ['--to-revision=9223372036854775808'],
    'invalid argument "9223372036854775808" for "--to-revision" flag: strconv.ParseInt: parsing "9223372036854775808": value out of range',
  ],
  [['--timeout=5'], 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
  [['--timeout=5x'], 'invalid argument "5x" for "--timeout" flag: time: unknown unit "x" in duration "5x"'],
  [['--timeout=x'], 'invalid argument "x" for "--timeout" flag: time: invalid duration "x"'],
])('%j is refused with the words of the flag library', (argv, error) => {
  expect(parseCommandLine(argv, FLAGS)).toEqual({ ok: false, error });
});

describe('the words of a command', () => {
  const wordsMax = ([verb]: readonly string[]): number => (verb === 'set' ? 2 : 1);

  test.each([
    [['get', 'ds', '-A'], ['get'], ['ds', '-A']],
    [['-n', 'get', 'get', 'pods'], ['get'], ['-n', 'get', 'pods']],
    [
      ['--namespace=x', 'set', '-v=3', 'image', 'ds/a'],
      ['set', 'image'],
      ['--namespace=x', '-v=3', 'ds/a'],
    ],
    // cobra does not know what an unknown flag takes.
    [['--bogus', 'get', 'pods'], ['pods'], ['--bogus', 'get']],
    [['--', 'get'], [], ['--', 'get']],
  ])('of %j are %j', (argv, words, rest) => {
    expect(splitCommand(argv, wordsMax)).toEqual({ words, rest });
  });
});

test('errors say where help is', () => {
  expect(flagError('x', 'kubectl get')).toBe("error: x\nSee 'kubectl get --help' for usage.\n");
  expect(usageError('x', 'kubectl get')).toBe("error: x\nSee 'kubectl get -h' for help and examples\n");
});
