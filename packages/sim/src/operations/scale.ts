/** `kubectl scale`, a mistake: a DaemonSet has no replicas, and its resource no scale subresource. Twin: kubectl cmd/scale. */
import { splitKey } from '@everynode/core/api/meta';
import { count, daemonSet } from '../params.ts';
import { serverError } from '../kubectl/words.ts';
import { type AnyOperation, defineOperation } from './operation.ts';

export const scale: AnyOperation = defineOperation({
  summary:
    'Asks for a number of replicas, as `kubectl scale` does. A DaemonSet has none, so the answer is an error and nothing changes.',
  params: { daemonSet: daemonSet(), replicas: count('how many pods the user would like') },
  perform: ({ params, minor, send, say }) =>
    send({ verb: 'get', kind: 'DaemonSet', key: params.daemonSet }, (result) => {
      if (!result.ok) {
        say(result.reason === 'NotFound' ? missingError(result.message, minor) : serverError(result));
        return;
      }
      // The client learns of the missing subresource from a bare 404, so the words and the group-less name are its own.
      const { name } = splitKey(params.daemonSet);
      const what = `the server could not find the requested resource (patch daemonsets ${name})`;
      say(`Error from server (NotFound): ${what}`);
    }),
});

/** Between 1.27 and 1.34 the client mixed up its own complaint with the server's, or lost the latter. */
function missingError(message: string, minor: number): string {
  if (minor < 27 || minor >= 35) return `Error from server (NotFound): ${message}`;
  return `error: no objects passed to scale${minor < 32 ? '' : ` ${message}`}`;
}
