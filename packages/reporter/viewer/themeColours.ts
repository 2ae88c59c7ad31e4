/** Which of the two palettes is on the screen: the reader's choice, or that of the system. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { DARK, LIGHT, type Palette } from '../src/palette.ts';
import type { Theme } from './hashState.ts';

/** Follows the system's setting while the theme is `auto`. */
export function paletteOf(theme: Signal<Theme>): ReadonlySignal<Palette> {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const isDark = signal(query.matches);
  query.addEventListener('change', (event) => {
    isDark.value = event.matches;
  });
  return computed(() => ((theme.value === 'auto' ? isDark.value : theme.value === 'dark') ? DARK : LIGHT));
}

/** `auto` → `light` → `dark` → `auto`. */
export function nextTheme(theme: Theme): Theme {
  return theme === 'auto' ? 'light' : theme === 'light' ? 'dark' : 'auto';
}

/** Tells the style sheet. */
export function showTheme(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
