/** One command of kubectl against a server: words in, text and exit code out. */
import { splitCommand, usageError } from './commandLine.ts';
import { findSuggestions, KUBECTL_COMMANDS, SET_COMMANDS } from './commandNames.ts';
import { get } from './get.ts';
import { rollout } from './rollout.ts';
import type { Output, Surroundings } from './surroundings.ts';
import { setImage } from './setImage.ts';

/**
 * Carries out `get …`, `rollout …` or `set image …`: `argv` is everything behind the word `kubectl`. Errors are text on
 * stderr with exit code 1, in kubectl's words, or in ours for what only the real one can do.
 */
export function kubectl(argv: readonly string[], surroundings: Surroundings): Output {
  const { words, rest } = splitCommand(argv, ([verb]) => (verb === 'rollout' || verb === 'set' ? 2 : 1));
  const [verb = ''] = words;
  switch (verb) {
    case 'get':
      return get(rest, surroundings);
    case 'rollout':
      return rollout([...words.slice(1), ...rest], surroundings);
    case 'set':
      return set(words.slice(1), rest, surroundings);
    default:
      return failed(verb === '' || KUBECTL_COMMANDS.includes(verb) ? notHere(verb) : unknownCommand(verb));
  }
}

function set([subcommand = '']: readonly string[], rest: readonly string[], surroundings: Surroundings): Output {
  if (subcommand === 'image') return setImage(rest, surroundings);
  const isKnown = subcommand === '' || SET_COMMANDS.includes(subcommand);
  if (isKnown) return failed(notHere(`set ${subcommand}`.trim()));
  const words = [subcommand, ...rest.filter((word) => !word.startsWith('-'))].join(' ');
  return failed(usageError(`unknown command ${JSON.stringify(words)}`, 'kubectl set'));
}

function notHere(command: string): string {
  const asked = command === '' ? 'name one of them' : `it does not do ${command}`;
  return `error: this kubectl does get, rollout and set image; ${asked}\n`;
}

function unknownCommand(verb: string): string {
  const suggestions = findSuggestions(verb).map((name) => `\t${name}\n`);
  const advice = suggestions.length === 0 ? '\n' : `\n\nDid you mean this?\n${suggestions.join('')}`;
  return `error: unknown command ${JSON.stringify(verb)} for "kubectl"${advice}`;
}

function failed(stderr: string): Output {
  return { stdout: '', stderr, exitCode: 1 };
}
