/** A moment as a link that the viewer follows: `#t=341020@21878`. Without a script it is an anchor that leads nowhere. */
import { type Html, html } from './html.ts';
import { formatClock } from './time.ts';

export function momentLink(atMs: number, seq?: number): Html {
  return html`<a class="moment" href="#t=${atMs}${seq === undefined ? '' : `@${seq}`}">${formatClock(atMs)}</a>`;
}
