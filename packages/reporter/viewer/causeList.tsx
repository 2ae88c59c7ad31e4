/** A chain of causes as a list: every line leads to its moment. */
import type { JSX } from 'preact';
import { eventText, shortName } from '../src/eventText.ts';
import { formatClock } from '../src/time.ts';
import { visible } from '../src/visible.ts';
import { goToEntry, type Session } from './session.ts';

/** Longer chains show their two first records and their last ones. */
const LINKS_MAX = 10;

/** The chain that ends in the entry at `index`. */
export function CauseList({ session, index }: { readonly session: Session; readonly index: number }): JSX.Element {
  const chain = session.run.log.chainTo(index);
  if (chain.length === 0) return <p class="empty">Nothing has happened yet.</p>;
  const isLong = chain.length > LINKS_MAX;
  const shown = isLong ? [...chain.slice(0, 2), ...chain.slice(2 - LINKS_MAX)] : chain;
  return (
    <ol class="chain">
      {shown.map((each, i) => (
        <>
          {isLong && i === 2 && <li class="gap">{chain.length - LINKS_MAX} steps left out</li>}
          <Link session={session} index={each} />
        </>
      ))}
    </ol>
  );
}

function Link({ session, index }: { readonly session: Session; readonly index: number }): JSX.Element | null {
  const entry = session.run.log.at(index);
  if (entry === undefined) return null;
  return (
    <li>
      <button type="button" class="moment" onClick={() => goToEntry(session, index)}>
        {formatClock(entry.atMs)}
      </button>
      <span class="actor">
        <bdi>{visible(entry.actor)}</bdi>
      </span>
      <span class="did">
        {entry.object !== undefined && <bdi class="object">{visible(shortName(entry.object))} </bdi>}
        <bdi>{visible(eventText(entry))}</bdi>
      </span>
    </li>
  );
}
