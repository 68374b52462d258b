/** What colours are, in light and dark. */
export const COLOURS = `:root { color-scheme: light dark; --paper: #fff; --ink: #1c2128; --soft: #5d6673; --line: #e3e6ea; --card: #f7f8fa;
  --training: #9aa4b2; --validation: #2b6cb0; --good: #1a7f4b; --warn: #9a6700; --warn-card: #fff8e5; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171c; --ink: #e6e9ee; --soft: #98a2b0; --line: #2c323b; --card: #1b1f26;
  --training: #6d7887; --validation: #6db3f2; --good: #5bc98c; --warn: #e3b341; --warn-card: #2a2414; } }`;

/** The page's style: light and dark, wide and narrow. */
export const STYLE = `
${COLOURS}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 24px 56px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 18px; margin: 44px 0 4px; }
h3 { font-size: 14px; margin: 0; }
p { margin: 0; } .soft { color: var(--soft); }
header { display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: baseline; } header p { flex-basis: 100%; }
.state { font-size: 13px; font-weight: 600; padding: 1px 10px; border-radius: 99px; border: 1px solid currentColor; color: var(--good); }
.state.going { color: var(--validation); } .state.bad { color: var(--warn); }
.notice { margin-top: 16px; padding: 10px 14px; border-left: 3px solid var(--warn); background: var(--warn-card); border-radius: 0 6px 6px 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(122px, 1fr)); gap: 10px; margin: 24px 0 0; padding: 0; list-style: none; }
.tiles li { background: var(--card); border-radius: 8px; padding: 10px 14px; }
.tiles b { display: block; font-size: 22px; font-weight: 600; white-space: nowrap; letter-spacing: -0.01em; font-variant-numeric: tabular-nums; }
.tiles span { color: var(--soft); font-size: 13px; overflow-wrap: break-word; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 310px), 1fr)); gap: 26px 32px; margin-top: 16px; }
figure { margin: 0; min-width: 0; } figcaption { margin-bottom: 4px; } figcaption p { color: var(--soft); font-size: 13px; }
svg.chart { display: block; width: 100%; height: auto; overflow: visible; } svg.chart text { white-space: pre; fill: var(--soft); font-size: 11px; }
.key { display: flex; flex-wrap: wrap; gap: 4px 18px; color: var(--soft); font-size: 13px; }
.key i { display: inline-block; width: 14px; height: 3px; border-radius: 2px; margin-right: 6px; vertical-align: middle; }
svg .at rect { fill: transparent; } svg .at .tip { visibility: hidden; pointer-events: none; } svg .at:hover .tip { visibility: visible; }
svg .tip line { stroke: var(--line); stroke-width: 1; } svg.chart .tip text { fill: var(--ink); font-size: 11px; font-weight: 600; paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
.key:has(.shade) { gap: 4px 12px; } .key i.shade { width: 14px; height: 12px; margin-right: 5px; border-radius: 2px; background: var(--validation); }
.wide:focus-visible { outline: 2px solid var(--validation); outline-offset: 4px; } .wide { overflow-x: auto; margin-top: 14px; padding-bottom: 4px; }
.sheets { display: flex; gap: 16px; align-items: flex-start; width: max-content; min-width: 100%; }
.sheets h3, .sheets .blank { white-space: nowrap; font-weight: 600; font-size: 13px; color: var(--soft); margin-bottom: 6px; }
.sheets img { display: block; image-rendering: pixelated; } .sheets img.smooth { image-rendering: auto; }
.labels { display: grid; text-align: right; color: var(--soft); font-size: 13px; white-space: nowrap; position: sticky; left: 0; background: var(--paper); padding-right: 8px; }
.labels span { align-self: center; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr)); gap: 0 40px; }
dl { margin: 12px 0 0; } dl div { display: flex; gap: 16px; justify-content: space-between; padding: 5px 0; border-bottom: 1px solid var(--line); }
dt { color: var(--soft); flex: none; } dd { margin: 0; text-align: right; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; min-width: min(100%, 640px); }
th, td { padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line); text-align: right; font-weight: 400; }
th[scope=row] { text-align: left; color: var(--soft); } thead th { color: var(--soft); } tbody td:first-of-type { font-weight: 600; } td:last-child { color: var(--soft); }
table.runs th[scope=col] { text-align: right; white-space: nowrap; } table.runs td:last-child { color: inherit; } table.runs tbody td:first-of-type { font-weight: inherit; } table.runs i { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 6px; }
details { margin-top: 14px; } summary { cursor: pointer; font-weight: 600; overflow-wrap: anywhere; }
pre { background: var(--card); border-radius: 8px; padding: 14px; overflow-x: auto; font: 13px/1.5 ui-monospace, monospace; margin: 10px 0 0; }
footer { margin-top: 40px; color: var(--soft); font-size: 13px; }
@media (max-width: 560px) { main { padding: 22px 16px 40px; } h1 { font-size: 24px; } .tiles { grid-template-columns: repeat(2, 1fr); } .tiles li:last-child:nth-child(odd) { grid-column: span 2; } .sheets { gap: 12px; } }
@media print { .wide { overflow: visible; } }
`;
