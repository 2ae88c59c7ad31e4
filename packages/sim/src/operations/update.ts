/** Changes a DaemonSet in one write: image, any other field, annotations. */
import { isDeepEqual } from '@everynode/core/api/canonicalJson';
import { CHANGE_CAUSE_ANNOTATION, type DaemonSet } from '@everynode/core/api/daemonSet';
import type { ObjectKey } from '@everynode/core/api/meta';
import { applyPatch } from '@everynode/core/api/patch';
import { planSetImage } from '@everynode/core/daemonset/setImage';
import { daemonSet, json, optional, type ParamSet, text } from '../params.ts';
import { nameOf, sayOutcome, withObject } from '../kubectl/words.ts';
import { type AnyOperation, defineOperation, type OperationScope } from './operation.ts';

type Texts = Readonly<Record<string, string>>;

/** What the user wants changed. */
interface Wish {
  readonly daemonSet: ObjectKey;
  readonly setImage?: Texts;
  readonly patch?: { readonly merge: Readonly<Record<string, unknown>> };
  readonly annotations?: Texts;
  readonly changeCause?: string;
}

const TEXTS = { type: 'object', minProperties: 1, additionalProperties: { type: 'string' } };
const PATCH = {
  type: 'object',
  required: ['merge'],
  additionalProperties: false,
  properties: { merge: { type: 'object' } },
};
/** Who writes a whole object tries again when somebody else was faster. */
const TRIES = 5;

export const update: AnyOperation = defineOperation({
  summary: 'Changes a DaemonSet: new images, any other field, or annotations, in one write.',
  params: {
    daemonSet: daemonSet(),
    setImage: optional(json<Texts>('container name (`*`: all) to image, as `kubectl set image`', TEXTS)),
    patch: optional(json<NonNullable<Wish['patch']>>('a JSON merge patch of the object', PATCH)),
    annotations: optional(json<Texts>('annotations of the DaemonSet to set', TEXTS)),
    changeCause: optional(text('why, for `rollout history`: the annotation kubernetes.io/change-cause')),
  },
  perform: (scope) =>
    scope.params.patch === undefined ? sendPatch(scope, scope.params) : rewrite(scope, scope.params),
});

type Scope = Pick<OperationScope<ParamSet>, 'send' | 'say'>;

/** One strategic patch of what differs, as `kubectl set image` sends it. */
function sendPatch({ send, say }: Scope, wish: Wish): void {
  const name = nameOf('DaemonSet', wish.daemonSet);
  withObject<DaemonSet>({ send, say }, 'DaemonSet', wish.daemonSet, (ds) => {
    const { spec, errors } = planSetImage(ds.spec.template.spec, wish.setImage ?? {});
    const changed = annotationsToSet(ds, wish);
    const body = {
      ...(changed === undefined ? {} : { metadata: { annotations: changed } }),
      ...(spec === undefined ? {} : { spec: { template: { spec } } }),
    };
    const complain = (): void => errors.forEach(say);
    if (Object.keys(body).length === 0) {
      // `kubectl set image` is silent about what is there already.
      if (wish.setImage === undefined) say(`${name} patched (no change)`);
      complain();
      return;
    }
    const isImage = spec !== undefined && wish.annotations === undefined;
    const failed = isImage ? 'failed to patch image update to pod template' : undefined;
    const outcome = sayOutcome(say, `${name} ${isImage ? 'image updated' : 'patched'}`, failed);
    send({ verb: 'patch', kind: 'DaemonSet', key: wish.daemonSet, patch: { type: 'strategic', body } }, (result) => {
      outcome(result);
      complain();
    });
  });
}

/** Reads, changes and writes the whole object, as `kubectl edit` does, since two kinds of patch do not go into one write. */
function rewrite({ send, say }: Scope, wish: Wish): void {
  const name = nameOf('DaemonSet', wish.daemonSet);
  const attempt = (tries: number): void =>
    withObject<DaemonSet>({ send, say }, 'DaemonSet', wish.daemonSet, (ds) => {
      const { wanted, errors } = withWish(ds, wish);
      errors.forEach(say);
      if (isDeepEqual(wanted, ds)) {
        say(`${name} patched (no change)`);
        return;
      }
      send({ verb: 'update', object: wanted }, (result) => {
        if (!result.ok && result.reason === 'Conflict' && tries > 1) attempt(tries - 1);
        else sayOutcome(say, `${name} patched`)(result);
      });
    });
  attempt(TRIES);
}

function withWish(ds: DaemonSet, wish: Wish): { readonly wanted: DaemonSet; readonly errors: readonly string[] } {
  const { spec = {}, errors } = planSetImage(ds.spec.template.spec, wish.setImage ?? {});
  const withImages = applyPatch(ds, { type: 'strategic', body: { spec: { template: { spec } } } });
  const changed = applyPatch(withImages, { type: 'merge', body: wish.patch?.merge ?? {} });
  const annotations = annotationsToSet(changed, wish);
  if (annotations === undefined) return { wanted: changed, errors };
  const all = { ...changed.metadata.annotations, ...annotations };
  return { wanted: { ...changed, metadata: { ...changed.metadata, annotations: all } }, errors };
}

/** Those that are not there yet; undefined where all are. */
function annotationsToSet({ metadata }: DaemonSet, { annotations, changeCause }: Wish): Texts | undefined {
  const cause = changeCause === undefined ? {} : { [CHANGE_CAUSE_ANNOTATION]: changeCause };
  const wanted = Object.entries({ ...annotations, ...cause });
  const missing = wanted.filter(([key, value]) => metadata.annotations?.[key] !== value);
  return missing.length === 0 ? undefined : Object.fromEntries(missing);
}
