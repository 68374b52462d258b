/** How the element looks: its parts and custom properties are a page's to change. */
export const STYLE = `
:host { display: block; font: var(--cvae-font, 0.9rem/1.4 system-ui, sans-serif); }
form { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: end; margin-bottom: 0.75rem; }
label { display: grid; gap: 0.15rem; }
label canvas { width: 112px; background: #000; cursor: crosshair; touch-action: none; }
span { display: flex; flex-wrap: wrap; gap: 0.25rem; align-items: end; }
input, select, button { font: inherit; padding: 0.3rem 0.5rem; }
input { width: 6rem; box-sizing: border-box; }
canvas { image-rendering: pixelated; }
[part=samples] > canvas { width: 100%; max-width: var(--cvae-size, 26rem); }
[part=samples] { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: 0.2rem 0.6rem; text-align: right; border-bottom: 1px solid #8884; font-variant-numeric: tabular-nums; }
p { margin: 0.5rem 0 0; }
p:empty { display: none; }
`;
