/** Changes a DaemonSet in one write: image, any other field, annotations. */
import { isDeepEqual } from '@everynode/core/api/canonicalJson';
import { CHANGE_CAUSE_ANNOTATION, type DaemonSet } from '@everynode/core/api/daemonSet';
import { applyPatch } from '@everynode/core/api/patch';
import { planSetImage } from '@everynode/core/daemonset/rollout';
import { daemonSet, json, optional, text } from '../params.ts';
import { nameOf, sayOutcome, withObject } from './kubectl.ts';
import { type AnyOperation, defineOperation } from './operation.ts';

type Texts = Readonly<Record<string, string>>;

/** What the user wants changed. */
interface Wish {
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
/** kubectl edit and patch try again when somebody else was faster. */
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
  perform: ({ params, send, say }) => {
    const name = nameOf('DaemonSet', params.daemonSet);
    const attempt = (tries: number): void =>
      withObject<DaemonSet>({ send, say }, 'DaemonSet', params.daemonSet, (ds) => {
        const wanted = withWish(ds, params);
        if ('error' in wanted) {
          say(`error: ${wanted.error}`);
          return;
        }
        if (isDeepEqual(wanted.ds, ds)) {
          say(`${name} patched (no change)`);
          return;
        }
        send({ verb: 'update', object: wanted.ds }, (result) => {
          if (!result.ok && result.reason === 'Conflict' && tries > 1) attempt(tries - 1);
          else sayOutcome(say, `${name} ${isImageAlone(params) ? 'image updated' : 'patched'}`)(result);
        });
      });
    attempt(TRIES);
  },
});

function withWish(
  ds: DaemonSet,
  { setImage, patch, annotations, changeCause }: Wish,
): { readonly ds: DaemonSet } | { readonly error: string } {
  let changed = ds;
  if (setImage !== undefined) {
    const plan = planSetImage(ds, setImage);
    if (plan.outcome === 'error') return { error: plan.error };
    if (plan.outcome === 'patch') changed = applyPatch(changed, plan.patch);
  }
  if (patch !== undefined) changed = applyPatch(changed, { type: 'merge', body: patch.merge });
  const cause = changeCause === undefined ? {} : { [CHANGE_CAUSE_ANNOTATION]: changeCause };
  const added = { ...annotations, ...cause };
  if (Object.keys(added).length === 0) return { ds: changed };
  return {
    ds: { ...changed, metadata: { ...changed.metadata, annotations: { ...changed.metadata.annotations, ...added } } },
  };
}

function isImageAlone({ setImage, patch, annotations }: Wish): boolean {
  return setImage !== undefined && patch === undefined && annotations === undefined;
}
