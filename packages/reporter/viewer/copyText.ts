/** To the clipboard, by the modern way or by the old one; sandboxes may refuse both, and then the reader is told. */

/** Whether it worked. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  // Deprecated, and the only way on pages from a file or in a sandbox.
  const isCopied = document.execCommand('copy');
  area.remove();
  return isCopied;
}
