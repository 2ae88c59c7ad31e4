/** The room of a machine: what its pool says it has, and what a fault that presses leaves of it. Rules: E-1. */
import type { ResourceList } from '@everynode/core/api/node';
import { parseMemoryBytes } from '@everynode/core/api/quantity';
import { amountOf, EVICTION_SIGNALS, type Threshold } from '../components/evictionManagerThresholds.ts';
import type { MachineSize } from '../plan.ts';
import type { Room, RoomSize } from '../seams/machineRoom.ts';
import type { PressureResource } from '../seams/seams.ts';

/** mkfs.ext4 makes an inode for every 16 KiB, unless it is told otherwise. */
const BYTES_PER_INODE = 16_384;
/** kernel.pid_max where nobody raises it. */
const DEFAULT_PIDS = 32_768;

const PRESSED_ROOMS: Readonly<Record<PressureResource, Room>> = {
  memory: 'memory',
  disk: 'disk',
  inodes: 'inodes',
  pids: 'pids',
};

/** `capacity` is complete: it names memory and disk. */
export function roomSizeOf(
  capacity: ResourceList,
  { inodes, pids, imageDisk }: MachineSize,
  thresholds: readonly Threshold[],
): RoomSize {
  const disk = parseMemoryBytes(capacity['ephemeral-storage']) ?? 0;
  const size = {
    memory: parseMemoryBytes(capacity['memory']) ?? 0,
    disk,
    inodes: inodes ?? Math.trunc(disk / BYTES_PER_INODE),
    pids: pids ?? DEFAULT_PIDS,
  };
  const images =
    imageDisk === undefined
      ? {}
      : { imageDisk: { inodes: Math.trunc(imageDisk.bytes / BYTES_PER_INODE), ...imageDisk } };
  return { ...size, ...images, pressed: pressedOf(size, thresholds) };
}

/** Half of the lowest hard threshold, or of the lowest soft one where no other is there. */
function pressedOf(
  size: Readonly<Record<PressureResource, number>>,
  thresholds: readonly Threshold[],
): RoomSize['pressed'] {
  const resources = Object.keys(PRESSED_ROOMS) as PressureResource[];
  return Object.fromEntries(
    resources.flatMap((resource) => {
      const own = thresholds.filter(({ signal }) => EVICTION_SIGNALS[signal].room === PRESSED_ROOMS[resource]);
      const hard = own.filter(({ graceMs }) => graceMs === 0);
      const amounts = (hard.length > 0 ? hard : own).map(({ value }) => amountOf(value, size[resource]));
      return amounts.length === 0 ? [] : [[resource, Math.trunc(Math.min(...amounts) / 2)]];
    }),
  );
}
