/** The table of events. Rules: DS-C6. */
import { readField, readNumber, readText } from '../readField.ts';
import type { ServedObject } from '../server.ts';
import { ageSince } from './age.ts';
import { column, type TableMaker, wide } from './table.ts';

export const EVENTS: TableMaker = {
  columns: [
    ...['Last Seen', 'Type', 'Reason', 'Object'].map((name) => column(name)),
    ...['Subobject', 'Source'].map((name) => wide(name)),
    column('Message'),
    wide('First Seen'),
    wide('Count'),
    wide('Name', { format: 'name' }),
  ],
  cellsOf: (event, { nowMs }) => {
    const firstSeen = ageSince(event['firstTimestamp'] ?? event['eventTime'], nowMs);
    return [
      lastSeen(event, firstSeen, nowMs),
      readText(event, 'type'),
      readText(event, 'reason'),
      involvedObject(event),
      readText(event, 'involvedObject.fieldPath'),
      sourceOf(event),
      readText(event, 'message').trim(),
      firstSeen,
      countOf(event),
      event.metadata.name,
    ];
  },
};

/** Events of the newer API count in a series. */
function isSeries(event: ServedObject): boolean {
  return event['series'] !== undefined && event['series'] !== null;
}

function lastSeen(event: ServedObject, firstSeen: string, nowMs: number): string {
  if (isSeries(event)) return ageSince(readField(event, 'series.lastObservedTime'), nowMs);
  const last = event['lastTimestamp'] ?? undefined;
  return last === undefined ? firstSeen : ageSince(last, nowMs);
}

/** An event of the newer API that happened once has no count. */
function countOf(event: ServedObject): number {
  return isSeries(event) ? readNumber(event, 'series.count') : readNumber(event, 'count') || 1;
}

function involvedObject(event: ServedObject): string {
  const kind = readText(event, 'involvedObject.kind').toLowerCase();
  const name = readText(event, 'involvedObject.name');
  return name === '' ? kind : `${kind}/${name}`;
}

function sourceOf(event: ServedObject): string {
  const component = readText(event, 'source.component') || readText(event, 'reportingComponent');
  const instance = readText(event, 'source.host') || readText(event, 'reportingInstance');
  return instance === '' ? component : `${component}, ${instance}`;
}
