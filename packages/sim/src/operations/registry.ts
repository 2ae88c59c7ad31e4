/** Every operation that a scenario can name, by its YAML key. From here come schema, reference pages and completion. */
import { apply } from './apply.ts';
import { deleteObject } from './delete.ts';
import { drain } from './drain.ts';
import { cordon, label, taint, uncordon, untaint } from './nodeFields.ts';
import { addNodes, removeNodes, replaceNodes } from './nodes.ts';
import type { AnyOperation } from './operation.ts';
import { pause, restart, resume, rollback } from './rollout.ts';
import { scale } from './scale.ts';
import { scaleDown } from './scaleDown.ts';
import { update } from './update.ts';

export const operationRegistry: Readonly<Record<string, AnyOperation>> = {
  apply,
  update,
  rollback,
  restart,
  pause,
  resume,
  scale,
  delete: deleteObject,
  taint,
  untaint,
  label,
  cordon,
  uncordon,
  drain,
  addNodes,
  removeNodes,
  replaceNodes,
  scaleDown,
};
