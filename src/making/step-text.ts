import { WIDTH, wrapped } from './text.ts';
import type { Written } from './variables.ts';

/** Returns the declaration of the targets of one step, with which a decoder that writes step by step ends. */
export const stepTargets = (targets: readonly Written[]): readonly string[] => [
  '/** The same of one step. */',
  'const targetsOfStep = {',
  ...targets.map(({ name, step }) => `  ${name}: ${step?.text ?? ''},`),
  '};',
  '',
];

/** Writes a decoder that sees at each step what it has written before, z and the conditions. */
export const stepDecoder = (
  targets: readonly Written[],
  conditionInputs: readonly string[],
  width: number,
): readonly string[] => {
  const inputs = ['z', ...conditionInputs];
  const starts = targets.map(({ name, step }) => `${name}: constant([${step?.width ?? 1}], 0)`);
  const seen = [...targets.map(({ name }) => `previous.${name}`), 'state', 'given'];
  const start = `      { start: { ${starts.join(', ')} }, state: given.pipe(dense(${width})) },`;
  const next = `        const next = concat(${seen.join(', ')}).pipe(mlp([${width}, ${width}]));`;
  return [
    `  decoder: ({ ${inputs.join(', ')} }) => {`,
    `    const given = ${inputs.length === 1 ? 'z' : `concat(${inputs.join(', ')})`};`,
    '    return steps(',
    '      targets,',
    ...(start.length <= WIDTH
      ? [start]
      : [
          '      {',
          '        start: {',
          ...wrapped(starts, 10),
          '        },',
          `        state: given.pipe(dense(${width})),`,
          '      },',
        ]),
    '      ({ previous, state }) => {',
    ...(next.length <= WIDTH
      ? [next]
      : ['        const next = concat(', ...wrapped(seen, 10), `        ).pipe(mlp([${width}, ${width}]));`]),
    '        return { out: next.pipe(heads(targetsOfStep)), state: next };',
    '      },',
    '    );',
    '  },',
  ];
};
