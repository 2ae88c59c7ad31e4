/** Every fault that a scenario can name. From here come schema, reference pages, `everynode list` and completion. */
import { apiError, apiLatency, lostResponse } from './apiRequests.ts';
import { containerCrash } from './containerCrash.ts';
import type { AnyFault } from './fault.ts';
import { imagePullFailure } from './imagePullFailure.ts';
import { registryLimit, slowImagePull } from './imageRegistry.ts';
import { nodeCrash, nodeReboot } from './nodePower.ts';
import { diskPressure, memoryPressure } from './nodePressure.ts';
import { nodeUnreachable } from './nodeUnreachable.ts';
import { podKill } from './podKill.ts';
import { clockSkew, controllerPause, controllerRestart } from './processes.ts';
import { staleList, watchBreak, watchLag } from './watches.ts';
import { zoneOutage } from './zoneOutage.ts';

export const faultRegistry: Readonly<Record<string, AnyFault>> = {
  NodeCrash: nodeCrash,
  NodeReboot: nodeReboot,
  NodeUnreachable: nodeUnreachable,
  ZoneOutage: zoneOutage,
  DiskPressure: diskPressure,
  MemoryPressure: memoryPressure,
  PodKill: podKill,
  ContainerCrash: containerCrash,
  SlowImagePull: slowImagePull,
  RegistryLimit: registryLimit,
  ImagePullFailure: imagePullFailure,
  ControllerRestart: controllerRestart,
  ControllerPause: controllerPause,
  ClockSkew: clockSkew,
  WatchLag: watchLag,
  WatchBreak: watchBreak,
  StaleList: staleList,
  ApiError: apiError,
  ApiLatency: apiLatency,
  LostResponse: lostResponse,
};
