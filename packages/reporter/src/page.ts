/**
 * The report as one HTML file that needs nothing else: no request, no server, and without its script it still tells
 * the verdict, the causes and the command. All text of a trace goes through the escaping template.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { assert } from '@everynode/core/assert';
import { toBase64 } from './bytes.ts';
import { escapeText } from './html.ts';
import { pageBody } from './pageBody.ts';
import { encodePayload } from './payload.ts';
import type { ReportModel } from './report.ts';
import { STYLES } from './styles.ts';
import { VERDICTS } from './verdict.ts';

export interface PageAssets {
  /** The bundled viewer; an empty text leaves the page static. */
  readonly viewerJs: string;
}

/** The whole document. The same model and viewer always give the same text. */
export function renderPage(model: ReportModel, { viewerJs }: PageAssets): string {
  assert(!/<\/script|<!--/i.test(viewerJs), () => 'the viewer would close its own script element');
  const title = `${VERDICTS[model.verdict].word} ${model.scenario} · everynode`;
  const payload =
    viewerJs === ''
      ? ''
      : `${VIEWER_LICENCE}
<script type="text/plain" id="run">${encodePayload(model)}</script>\n<script>${viewerJs}</script>\n`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(viewerJs)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeText(title)}</title>
<style>${STYLES}</style>
</head>
<body>
${pageBody(model).toString()}
${payload}</body>
</html>
`;
}

/** Preact's licence asks that its notice goes with every copy. */
const VIEWER_LICENCE = `<!-- The script below contains Preact and @preact/signals. The MIT License (MIT). Copyright (c) 2015-present Jason Miller; copyright (c) 2022-present Preact Team. Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions: The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE. -->`;

/** Nothing may be loaded, framed or sent; this very script and style may run, and no text may become code. */
function contentPolicy(viewerJs: string): string {
  const hash = (text: string): string => `'sha256-${toBase64(sha256(utf8ToBytes(text)))}'`;
  const script = viewerJs === '' ? "'none'" : hash(viewerJs);
  return `default-src 'none'; script-src ${script}; style-src ${hash(STYLES)}; img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;
}
