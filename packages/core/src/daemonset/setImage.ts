/** What `kubectl set image` sends: a patch of the images that differ. Twin: kubectl cmd/set/set_image.go, apimachinery strategicpatch. Rules: DS-K4. */
import type { PodSpec } from '../api/pod.ts';

export interface SetImagePlan {
  /** Strategic patch of the pod spec; absent where every image is there already. */
  readonly spec?: Readonly<Record<string, unknown>>;
  /** The pod spec as it would be then. */
  readonly wanted: PodSpec;
  /** One complaint for each container that was named and is not there; the others change all the same. */
  readonly errors: readonly string[];
}

/** `images`: container name (`*` for all of them) to image. */
export function planSetImage(podSpec: PodSpec, images: Readonly<Record<string, string>>): SetImagePlan {
  const spec: Record<string, unknown> = {};
  const wanted: Record<string, unknown> = { ...podSpec };
  for (const field of ['initContainers', 'containers'] as const) {
    const list = podSpec[field] ?? [];
    const changed = list.map((container) => {
      const image = images[container.name] ?? images['*'];
      return image === undefined || image === (container.image ?? '') ? container : { ...container, image };
    });
    // The client leaves an empty image out of what it wants, so its patch removes the field.
    const changes = changed
      .filter((container, at) => container !== list[at])
      .map(({ name, image }) => ({ image: image === '' ? null : image, name }));
    if (changes.length === 0) continue;
    spec[`$setElementOrder/${field}`] = list.map(({ name }) => ({ name }));
    spec[field] = changes;
    wanted[field] = changed;
  }
  const names = [...(podSpec.initContainers ?? []), ...podSpec.containers].map(({ name }) => name);
  const unknown = Object.keys(images).filter((name) => name !== '*' && !names.includes(name));
  return {
    ...(Object.keys(spec).length === 0 ? {} : { spec }),
    wanted: wanted as unknown as PodSpec,
    errors: unknown.map((name) => `error: unable to find container named ${JSON.stringify(name)}`),
  };
}
