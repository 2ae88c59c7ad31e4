/** The one style sheet of the page, light and dark, for screen and print. Its hash stands in the content policy. */
import { NODE_STATES } from './nodeState.ts';
import { DARK, LIGHT, paletteProperties } from './palette.ts';
import { VIEWER_STYLES } from './viewerStyles.ts';

const THEMES = `
:root{color-scheme:light;${paletteProperties(LIGHT)}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${paletteProperties(DARK)}}}
:root[data-theme=dark]{color-scheme:dark;${paletteProperties(DARK)}}
`;

const BASE = `
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:13px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums}
header.verdict,main,footer{max-width:1520px;margin:0 auto;padding:0 28px}
code,.object,.actor,.moment,bdi code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:12px}
bdi{unicode-bidi:isolate}
a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:2px}
a.moment{text-decoration:none;white-space:nowrap}a.moment:hover{text-decoration:underline}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--page);padding:6px 10px;z-index:9}
section{margin:34px 0 0}
h1,h2,h3{line-height:1.25;margin:0;font-weight:650}
h2{font-size:16px;padding-bottom:7px;margin-bottom:12px;border-bottom:1px solid var(--hairline)}
h3{font-size:13.5px;margin:16px 0 8px}
small{font-size:12px;font-weight:400;color:var(--secondary)}
.empty{color:var(--secondary);margin:8px 0}
.glyph{display:inline-block;width:1.2em;text-align:center;font-weight:700}
footer{margin-top:44px;padding-top:14px;padding-bottom:28px;color:var(--secondary);overflow-wrap:anywhere}
footer p{border-top:1px solid var(--hairline);padding-top:12px;margin:0}
.scroll{overflow-x:auto}
.blocked{border-left:3px solid var(--warn);background:var(--panel);padding:8px 12px;color:var(--warn)}
`;

const VERDICT = `
header.verdict{padding-top:26px}
header.verdict h1{font-size:22px;display:flex;flex-wrap:wrap;gap:6px 14px;align-items:center;overflow-wrap:anywhere}
header.verdict h1 bdi{min-width:0}
.badge{font-size:14px;letter-spacing:.05em;border-radius:6px;padding:4px 11px;color:var(--page);background:var(--tone)}
.good{--tone:var(--pass)}.bad{--tone:var(--fail)}.remark{--tone:var(--warn)}
.run{display:flex;flex-wrap:wrap;gap:2px 0;list-style:none;padding:0;margin:9px 0 0;color:var(--secondary)}
.run li+li::before{content:"·";margin:0 8px}
.what,.why{font-size:15px;line-height:1.5;margin:14px 0 0;max-width:110ch;overflow-wrap:anywhere}
.what{font-weight:600}.why{margin-top:3px;color:var(--secondary)}
.command{display:flex;align-items:center;gap:10px;margin:16px 0 0;padding:9px 12px;border:1px solid var(--hairline);border-radius:7px;background:var(--panel);max-width:100%;width:fit-content}
.command code{overflow-wrap:anywhere;user-select:all;font-size:12.5px}.prompt{color:var(--secondary);font-family:ui-monospace,monospace}
.refused{color:var(--warn)}
`;

const TABLES = `
table{border-collapse:collapse;width:100%;text-align:left}
th,td{padding:6px 14px 6px 0;border-bottom:1px solid var(--hairline);vertical-align:top;font-weight:400;overflow-wrap:break-word}
thead th{color:var(--secondary);font-size:12px;white-space:nowrap;border-bottom-color:var(--hairline)}
tbody th bdi{font-weight:600}tbody th .message bdi,tbody th .source bdi,tbody th small bdi{font-weight:400}
tbody tr:last-child>*{border-bottom:0}
.number{text-align:right;white-space:nowrap}td.number:last-child,th.number:last-child{padding-right:4px}
.result{white-space:nowrap;color:var(--tone);font-weight:600}
.message{color:var(--text);max-width:90ch;overflow-wrap:anywhere}.source{color:var(--secondary);font-size:12px}
.zero{color:var(--secondary)}
table.zones,table.nodes{width:auto;min-width:min(100%,640px)}
.swatch{display:inline-block;min-width:18px;height:18px;line-height:18px;border-radius:4px;text-align:center;font-size:11px;font-weight:700}
.facts{display:flex;flex-wrap:wrap;gap:6px 28px;margin:8px 0}.facts div{display:flex;gap:8px;min-width:0}
.facts dt{color:var(--secondary)}.facts dd{margin:0;overflow-wrap:anywhere}
.card{border:1px solid var(--hairline);border-left:3px solid var(--tone);border-radius:7px;padding:12px 16px;margin:12px 0;background:var(--panel)}
.card h3{margin:0;color:var(--tone)}.card h3 bdi{color:var(--text)}.card .message{margin:6px 0;font-size:13.5px}
summary{cursor:pointer;color:var(--secondary);padding:4px 0;width:fit-content}
.chain{list-style:none;margin:6px 0 0;padding:0}
.chain li{display:grid;grid-template-columns:84px minmax(120px,190px) 1fr;gap:12px;padding:4px 0 4px 16px;border-left:2px solid var(--hairline);position:relative}
.chain li::before{content:"";position:absolute;left:-5px;top:10px;width:8px;height:8px;border-radius:50%;background:var(--hairline)}
.chain li:first-child::before,.chain li:last-child::before{background:var(--tone,var(--accent))}
.chain .gap{display:block;color:var(--secondary);font-style:italic}.chain .actor{color:var(--secondary);overflow-wrap:anywhere}
.chain .did{overflow-wrap:anywhere}
@media (max-width:640px){.chain li{grid-template-columns:1fr;gap:0}header.verdict,main,footer{padding:0 14px}}
`;

/** The chart's shapes carry the light colours as attributes, for hosts that block styles; these classes say the same by theme. */
const CHART = `
figure{margin:0 0 14px}figcaption{color:var(--secondary);margin-bottom:4px}
svg.chart{display:block;width:100%;height:auto;min-width:900px;background:var(--page)}figure{overflow-x:auto}
.c-grid{stroke:var(--hairline)}.c-tick{stroke:var(--secondary)}.c-secondary{fill:var(--secondary)}.c-warn{fill:var(--warn)}
.c-fault{fill:var(--fault);fill-opacity:var(--fault-opacity)}.c-fault-edge{fill:var(--fault)}.c-fault-edge-line,.c-hatch{stroke:var(--fault)}
.c-available{fill:var(--state-1);fill-opacity:.4}.c-available-edge,.c-updated{stroke:var(--accent)}.c-desired{stroke:var(--secondary)}
.c-floor{stroke:var(--warn)}.c-rollout{fill:var(--state-5)}.c-fail{stroke:var(--fail)}.c-fail-text{fill:var(--fail)}
.legend{display:flex;flex-wrap:wrap;gap:3px 18px;list-style:none;margin:4px 0 0;padding:0;color:var(--secondary);font-size:12px}
.key{display:inline-block;width:18px;height:10px;margin-right:6px;border-radius:2px;border-top:2px solid transparent;vertical-align:-1px}
.key-available{background:var(--state-1);border-top-color:var(--accent)}.key-desired{border-top:2px dashed var(--secondary);height:6px}
.key-updated{border-top:2px dotted var(--accent);height:6px}.key-floor{border-top:2px dotted var(--warn);height:6px}
.key-rollout{background:var(--state-5)}.key-failure{background:repeating-linear-gradient(135deg,var(--fault) 0 2px,transparent 2px 5px)}
`;

const PRINT = `
@media print{
:root{color-scheme:light;${paletteProperties(LIGHT)}}
body{font-size:11px}header.verdict,main,footer{padding:0;max-width:none}
#viewer,.blocked,.skip{display:none!important}#static-timeline{display:block!important}
section{break-inside:auto}table,figure,.card,header.verdict{break-inside:avoid}.scroll{overflow:visible}
svg.chart{min-width:0}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
@media (prefers-reduced-motion:reduce){*{scroll-behavior:auto!important;animation:none!important;transition:none!important}}
`;

const SWATCHES = NODE_STATES.map(
  (_, i) => `.swatch-${i}{background:var(--state-${i});color:var(--on-state-${i},var(--text))}`,
).join('');

export const STYLES: string = [THEMES, BASE, VERDICT, TABLES, CHART, SWATCHES, VIEWER_STYLES, PRINT]
  .join('')
  .replaceAll('\n', '');
