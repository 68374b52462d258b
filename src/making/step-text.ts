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

/**
 * Writes a decoder that sees at each step what it has written before, z and the conditions: `fixed` ones as they are, and of `series` what
 * they have at this step.
 */
export const stepDecoder = (
  targets: readonly Written[],
  fixed: readonly string[],
  series: readonly string[],
  width: number,
): readonly string[] => {
  const inputs = ['z', ...fixed];
  const starts = targets.map(({ name, step }) => `${name}: constant([${step?.width ?? 1}], 0)`);
  const seen = [
    ...targets.map(({ name }) => `previous.${name}`),
    'state',
    'given',
    ...series.map((name) => `input.${name}`),
  ];
  const state = [
    `state: given.pipe(dense(${width}))`,
    ...(series.length > 0 ? [`inputs: { ${series.join(', ')} }`] : []),
  ];
  const start = `      { start: { ${starts.join(', ')} }, ${state.join(', ')} },`;
  const args = [...inputs, ...series];
  const head = `  decoder: ({ ${args.join(', ')} }) => {`;
  const next = `        const next = concat(${seen.join(', ')}).pipe(mlp([${width}, ${width}]));`;
  return [
    ...(head.length <= WIDTH ? [head] : ['  decoder: ({', ...wrapped(args, 4), '  }) => {']),
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
          `        ${state[0]},`,
          ...(series.length > 0 ? ['        inputs: {', ...wrapped(series, 10), '        },'] : []),
          '      },',
        ]),
    `      ({ previous, state${series.length > 0 ? ', input' : ''} }) => {`,
    ...(next.length <= WIDTH
      ? [next]
      : ['        const next = concat(', ...wrapped(seen, 10), `        ).pipe(mlp([${width}, ${width}]));`]),
    '        return { out: next.pipe(heads(targetsOfStep)), state: next };',
    '      },',
    '    );',
    '  },',
  ];
};
