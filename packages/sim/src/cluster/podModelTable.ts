/** The plan's pod models, resolved for one pod on one node: the first model that selects it wins, field by field. */
import { controllerOf, objectKey } from '@everynode/core/api/meta';
import type { Pod } from '@everynode/core/api/pod';
import { compileLabelSelector, type LabelMatcher } from '@everynode/core/match/selectors';
import type { PodBehaviour, PodModels } from '../components/podModels.ts';
import { latencyDraw } from '../engine/latencies.ts';
import type { Draw, NodeFilter, PodModel } from '../plan.ts';

/** The image is on the node already. */
const NO_PULL: Draw = { fixed: 0 };

/** The class of images that V-12 speaks of. */
const DEFAULT_IMAGE_BYTES = 100_000_000;

type Labels = Readonly<Record<string, string>>;

interface CompiledModel {
  readonly model: PodModel;
  readonly nodeMatcher: LabelMatcher | undefined;
}

/** `labelsOf` tells a node's labels as the world knows them. */
export function podModelTable(
  models: readonly PodModel[],
  labelsOf: (nodeName: string) => Labels | undefined,
  latencyPercent: number,
): PodModels {
  const compiled = models.map((model): CompiledModel => {
    const selector = model.select.nodes?.selector;
    return { model, nodeMatcher: selector && compileLabelSelector(selector) };
  });
  const latency = (name: Parameters<typeof latencyDraw>[0]): Draw => latencyDraw(name, latencyPercent);
  const defaults: Omit<PodBehaviour, 'startup'> = {
    imagePull: latency('imagePull'),
    readiness: { fixed: 0 },
    termination: latency('containerStop'),
    crash: undefined,
    probes: undefined,
    init: undefined,
    postStart: { fixed: 0 },
    preStop: { fixed: 0 },
    creation: undefined,
    usage: undefined,
    imageSize: DEFAULT_IMAGE_BYTES,
  };
  const probed = latency('applicationReady');
  return {
    behaviourOf(pod, nodeName) {
      const matching = compiled
        .filter((each) => selects(each, pod, nodeName, labelsOf(nodeName)))
        .map((each) => each.model);
      // Without a probe a container counts as ready as soon as it runs (K-28); with one the application needs its time.
      const startup = hasReadinessProbe(pod) ? probed : { fixed: 0 };
      // Who says how long a start takes and nothing of pulling speaks of all the time until the pod is ready.
      const imagePull = matching.some((model) => model.startup !== undefined) ? NO_PULL : defaults.imagePull;
      return matching.reduceRight<PodBehaviour>(overlay, { ...defaults, imagePull, startup });
    },
  };
}

/** `model` goes before what stands in `behaviour`. */
function overlay(behaviour: PodBehaviour, model: PodModel): PodBehaviour {
  return {
    imagePull: model.imagePull ?? behaviour.imagePull,
    startup: model.startup ?? behaviour.startup,
    readiness: model.readiness ?? behaviour.readiness,
    termination: model.termination ?? behaviour.termination,
    crash: model.crash ?? behaviour.crash,
    probes: model.probes ?? behaviour.probes,
    init: model.init ?? behaviour.init,
    postStart: model.postStart ?? behaviour.postStart,
    preStop: model.preStop ?? behaviour.preStop,
    creation: model.creation ?? behaviour.creation,
    usage: model.usage === undefined ? behaviour.usage : { ...behaviour.usage, ...model.usage },
    imageSize: model.imageSize ?? behaviour.imageSize,
  };
}

function selects(
  { model, nodeMatcher }: CompiledModel,
  pod: Pod,
  nodeName: string,
  labels: Labels | undefined,
): boolean {
  const { daemonSet, image, nodes } = model.select;
  if (daemonSet !== undefined && daemonSet !== daemonSetOf(pod)) return false;
  if (image !== undefined && !pod.spec.containers.some((container) => container.image === image)) return false;
  return nodes === undefined || isInFilter(nodes, nodeMatcher, nodeName, labels);
}

function isInFilter(
  filter: NodeFilter,
  matcher: LabelMatcher | undefined,
  nodeName: string,
  labels: Labels | undefined,
): boolean {
  if (filter.include !== undefined && !filter.include.includes(nodeName)) return false;
  if (filter.exclude?.includes(nodeName) === true) return false;
  return matcher === undefined || matcher.matches(labels);
}

/** Key of the DaemonSet that controls the pod, if one does. */
export function daemonSetOf(pod: Pod): string | undefined {
  const owner = controllerOf(pod);
  return owner?.kind === 'DaemonSet' ? objectKey(pod.metadata.namespace, owner.name) : undefined;
}

function hasReadinessProbe(pod: Pod): boolean {
  return pod.spec.containers.some((container) => container.readinessProbe !== undefined);
}
