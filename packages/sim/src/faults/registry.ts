/** Every fault that a scenario can name. From here come schema, reference pages, `everynode list` and completion. */
import { apiError, apiLatency, lostResponse } from './apiRequests.ts';
import { containerCrash } from './containerCrash.ts';
import type { AnyFault } from './fault.ts';
import { imagePullFailure } from './imagePullFailure.ts';
import { nodeCondition } from './nodeCondition.ts';
import { registryLimit, slowImagePull } from './imageRegistry.ts';
import { nodeCrash, nodeReboot } from './nodePower.ts';
import { nodeFlap } from './nodeFlap.ts';
import { diskPressure, memoryPressure, pidPressure } from './nodePressure.ts';
import { nodeUnreachable } from './nodeUnreachable.ts';
import { podKill } from './podKill.ts';
import {
  clockSkew,
  controllerCrash,
  controllerPause,
  controllerRestart,
  kubeletRestart,
  schedulerStall,
} from './processes.ts';
import { rollingNodeUpgrade } from './rollingNodeUpgrade.ts';
import { staleList, watchBreak, watchLag } from './watches.ts';
import { zoneOutage } from './zoneOutage.ts';

export const faultRegistry: Readonly<Record<string, AnyFault>> = {
  NodeCrash: nodeCrash,
  NodeReboot: nodeReboot,
  NodeUnreachable: nodeUnreachable,
  NodeFlap: nodeFlap,
  RollingNodeUpgrade: rollingNodeUpgrade,
  ZoneOutage: zoneOutage,
  NodeCondition: nodeCondition,
  DiskPressure: diskPressure,
  MemoryPressure: memoryPressure,
  PidPressure: pidPressure,
  PodKill: podKill,
  ContainerCrash: containerCrash,
  SlowImagePull: slowImagePull,
  RegistryLimit: registryLimit,
  ImagePullFailure: imagePullFailure,
  ControllerRestart: controllerRestart,
  ControllerCrash: controllerCrash,
  ControllerPause: controllerPause,
  SchedulerStall: schedulerStall,
  KubeletRestart: kubeletRestart,
  ClockSkew: clockSkew,
  WatchLag: watchLag,
  WatchBreak: watchBreak,
  StaleList: staleList,
  ApiError: apiError,
  ApiLatency: apiLatency,
  LostResponse: lostResponse,
};
