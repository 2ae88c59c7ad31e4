/** Styles of the interactive timeline; part of the one style sheet, since the content policy allows no other. */

const CONTROLS = `
button,select,input{font:inherit;color:var(--text)}
button,select{background:var(--page);border:1px solid var(--hairline);border-radius:6px;padding:3px 9px;min-height:28px;cursor:pointer;white-space:nowrap}
button:hover:not(:disabled){border-color:var(--secondary)}button:disabled{color:var(--secondary);opacity:.6;cursor:default}
button[aria-pressed=true],button[aria-expanded=true]{border-color:var(--accent);color:var(--accent)}
button.moment{border:0;background:none;padding:0 2px;min-height:24px;min-width:24px;color:var(--accent);font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:12px}
button.moment:hover{text-decoration:underline}
.bar{display:flex;flex-wrap:wrap;align-items:center;gap:8px 12px;margin-bottom:10px}.spacer{flex:1}
.group{display:inline-flex;align-items:center;gap:0}
.group>button{border-radius:0;margin-left:-1px}.group>:first-child{border-radius:6px 0 0 6px;margin-left:0}.group>:last-child{border-radius:0 6px 6px 0}
.clock{width:104px;min-height:28px;text-align:center;border:1px solid var(--hairline);margin-left:-1px;background:var(--panel);font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:12.5px}
.seq{color:var(--secondary);padding:0 8px;min-width:66px;font-size:12px;border:solid var(--hairline);border-width:1px 0;min-height:28px;line-height:26px}
`;

const PLOT = `
.app{position:relative}
.columns{display:grid;grid-template-columns:minmax(0,1fr) 384px;gap:24px;align-items:start}
.plot{position:relative;user-select:none;touch-action:pan-y;cursor:crosshair}
svg.coverage{display:block}
.lanes{position:relative;overflow-x:hidden;overflow-y:auto;scrollbar-width:thin}
.lanes-all{position:relative}.lanes canvas{position:sticky;top:0;display:block}
.zone-name,.node-name{position:absolute;left:0;width:124px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;pointer-events:none}
.zone-name{line-height:26px;font-weight:600}.node-name{text-align:right;font:11px/16px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--secondary)}
.node-name.selected{color:var(--accent);background:var(--page);z-index:2;font-weight:600}
.lanes-surface{position:absolute;inset:0}
.tip{position:absolute;z-index:4;background:var(--text);color:var(--page);padding:3px 8px;border-radius:5px;font-size:12px;pointer-events:none;white-space:nowrap}
.note{color:var(--secondary);font-size:12px;margin:4px 0 0 132px}
.axis{margin-left:132px;cursor:default}.ticks{position:relative;height:20px;border-top:1px solid var(--secondary)}
.ticks span{position:absolute;transform:translateX(-50%);font-size:11px;color:var(--secondary);padding-top:2px;white-space:nowrap}
.ticks span::before{content:"";position:absolute;left:50%;top:0;height:4px;border-left:1px solid var(--secondary)}
.events input[type=range]{width:100%;margin:0 0 6px;accent-color:var(--accent);min-height:24px}
.cursor{position:absolute;top:0;bottom:20px;border-left:1px solid var(--accent);pointer-events:none;z-index:3}
.cursor span{position:absolute;bottom:-19px;background:var(--accent);color:var(--page);font:11px/16px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;padding:0 5px;border-radius:0 4px 4px 0}
.cursor-left span{right:0;border-radius:4px 0 0 4px}
`;

const PANELS = `
.right{font-size:12.5px;min-width:0;max-height:830px;overflow-y:auto;scrollbar-width:thin;padding:0 4px 0 5px}.right h3{margin:0 0 8px;padding-bottom:5px;border-bottom:1px solid var(--hairline)}.right h3:not(:first-child){margin-top:20px}
.kubectl th,.kubectl td{padding:3px 0 3px 4px;border:0;font-size:12px}.kubectl thead th{text-transform:uppercase;font-size:10px}
.kubectl td{font:600 15px/1.4 system-ui,sans-serif;font-variant-numeric:tabular-nums}.kubectl th:first-child{padding-left:0}.kubectl tbody th{font-weight:600;font-size:13px;padding-top:5px;max-width:110px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.remarks{color:var(--secondary);margin:4px 0 10px;font-size:12px;overflow-wrap:anywhere}
.counts{display:grid;grid-template-columns:repeat(2,1fr);gap:3px 14px;list-style:none;margin:0 0 10px;padding:0}
.counts b{display:inline-block;min-width:2.2em;text-align:right;padding:0 4px}.counts .zero{color:var(--secondary)}.counts .zero .swatch{background:var(--panel);color:var(--secondary)}
.grid{margin-top:6px}.grid canvas{display:block;cursor:pointer}
.node h4{margin:0;font-size:13px;overflow-wrap:anywhere}.node h5{margin:10px 0 0;font-size:12px;color:var(--secondary)}.node p{margin:5px 0}.node .facts{gap:3px 20px}
.node .pod{border-left:3px solid var(--hairline);padding-left:8px;overflow-wrap:anywhere}
.right .chain li{grid-template-columns:74px 1fr;gap:0 8px;padding:2px 0 4px 12px}.right .chain .did{grid-column:2}.right .chain .actor{font-size:11.5px;padding-top:3px}
.right .chain li::before{top:9px}.right .chain .moment{text-align:left}
`;

const EVENTS = `
.events{margin-top:18px}.events .bar{margin-bottom:6px}.filter{display:flex;align-items:center;gap:8px;flex:1 1 360px;color:var(--secondary)}
.filter input{flex:1;min-height:30px;border:1px solid var(--hairline);border-radius:6px;padding:3px 9px;background:var(--page);font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:12px}
.filter input::placeholder{color:var(--secondary);opacity:.8}#event-count{color:var(--secondary)}
.rows{position:relative;height:322px;overflow:auto;border:1px solid var(--hairline);border-radius:7px;font-size:12px}
.rows-all{position:relative;min-width:840px}
.row{position:absolute;left:0;right:0;height:23px;display:grid;grid-template-columns:88px 64px minmax(110px,190px) minmax(130px,220px) minmax(200px,1fr) 88px;gap:12px;align-items:center;padding:0 12px;cursor:pointer;white-space:nowrap}
.row>span{overflow:hidden;text-overflow:ellipsis}.row>span:nth-child(-n+4){font:11.5px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.row>span:nth-child(2),.row>span:nth-child(3),.row>span:last-child{color:var(--secondary)}.row .moment{min-height:20px}
.row:hover{background:var(--panel)}.row.current{background:var(--panel);box-shadow:inset 3px 0 0 var(--accent)}.row.current>span:first-child{color:var(--accent);font-weight:600}
.row.fault>span:nth-child(5){color:var(--warn);font-weight:600}
.row.head{position:sticky;top:0;z-index:1;background:var(--page);border-bottom:1px solid var(--hairline);color:var(--secondary);cursor:default;min-width:840px}.row.head>span{font:12px system-ui,sans-serif!important}
.table-view{max-height:420px;overflow:auto;border:1px solid var(--hairline);border-radius:7px;margin-top:12px;padding:0 12px}
.table-view caption{text-align:left;color:var(--secondary);padding:8px 0}.table-view td,.table-view th{padding:3px 14px 3px 0}
.help{border:1px solid var(--hairline);border-radius:7px;background:var(--panel);padding:12px 16px;margin-bottom:12px}
.help dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(330px,1fr));gap:4px 20px;margin:0 0 8px}.help dl div{display:flex;gap:10px}.help dt{min-width:62px}.help dd{margin:0;color:var(--secondary)}
kbd{border:1px solid var(--hairline);border-bottom-width:2px;border-radius:4px;padding:0 5px;font:12px ui-monospace,monospace;background:var(--page);margin-right:3px}
.live{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap;margin:0}
@media (max-width:1020px){.columns{grid-template-columns:minmax(0,1fr)}}
@media (forced-colors:active){.swatch,.lanes canvas,.grid canvas{forced-color-adjust:none}}
`;

export const VIEWER_STYLES: string = [CONTROLS, PLOT, PANELS, EVENTS].join('');
