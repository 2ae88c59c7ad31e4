/** Where the viewer begins: reads the data block of the page, takes the place of the static chart, follows the address. */
import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app.tsx';
import { copyText } from './copyText.ts';
import { decodeRun } from './decodeRun.ts';
import { parseHash } from './hashState.ts';
import { applyHash, createSession, currentHash, type Session } from './session.ts';
import { paletteOf, showTheme } from './themeColours.ts';

const DECODE_ERROR =
  'The embedded trace could not be read (checksum). The verdict above is from the generator and still stands.';
/** The address follows the cursor when it has come to rest: browsers refuse more than 100 changes in 10 seconds. */
const ADDRESS_DELAY_MS = 200;

async function start(): Promise<void> {
  document.querySelector('#blocked')?.remove();
  addCopyButton();
  const [host, block] = [document.querySelector('#viewer'), document.querySelector('#run')];
  if (host === null || block === null) return;
  if (typeof DecompressionStream === 'undefined') {
    render(
      <p class="blocked">This browser is too old for the timeline. Everything else on this page is complete.</p>,
      host,
    );
    return;
  }
  try {
    const session = createSession(await decodeRun(block.textContent ?? ''), parseHash(location.hash) ?? {});
    document.querySelector('#static-timeline')?.setAttribute('hidden', '');
    effect(() => showTheme(session.theme.value));
    render(<App session={session} palette={paletteOf(session.theme)} />, host);
    followAddress(session);
    document.documentElement.dataset['viewer'] = 'ready';
  } catch {
    render(
      <p class="blocked" role="alert">
        {DECODE_ERROR}
      </p>,
      host,
    );
    document.documentElement.dataset['viewer'] = 'failed';
  }
}

/** Links of the page move the cursor; the cursor writes its place into the address. Back returns to where a link was followed. */
function followAddress(session: Session): void {
  const start = parseHash(currentHash(session)) ?? {};
  window.addEventListener('hashchange', () => {
    if (location.hash === currentHash(session)) return;
    const state = location.hash === '' ? start : parseHash(location.hash);
    if (state === undefined) return;
    applyHash(session, state);
    document.querySelector('#timeline')?.scrollIntoView({ block: 'start' });
  });
  let handle = 0;
  let isFirst = true;
  effect(() => {
    const hash = currentHash(session);
    window.clearTimeout(handle);
    // Opening the page must not change its address.
    if (isFirst) isFirst = false;
    else {
      handle = window.setTimeout(() => replaceAddress(hash), ADDRESS_DELAY_MS);
    }
  });
}

function replaceAddress(hash: string): void {
  try {
    history.replaceState(null, '', hash);
  } catch {
    // A document inside `srcdoc` may not do that; its fragment may be set all the same.
    location.hash = hash;
  }
}

function addCopyButton(): void {
  const command = document.querySelector('#command');
  if (command === null) return;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy';
  button.addEventListener('click', () => void copyCommand(command.textContent ?? '', button));
  command.parentElement?.append(button);
}

async function copyCommand(text: string, button: HTMLButtonElement): Promise<void> {
  button.textContent = (await copyText(text)) ? 'Copied' : 'Select and copy by hand';
  window.setTimeout(() => (button.textContent = 'Copy'), 2_000);
}

void start();
