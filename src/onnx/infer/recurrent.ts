import { invalid, number, word } from '../attributes.ts';
import { multiplyDims } from '../dims.ts';
import type { Dim } from '../graph.ts';
import { rankOf, requireEqual, shapeOf, type Rule } from './rule.ts';

/** The shapes of a recurrent network's outputs: all states, then the last of each of the `states`. */
const recurrent =
  (gates: number, states: number): Rule =>
  (context) => {
    const { node, inputs } = context;
    const [steps = '?', examples = '?', channels = '?'] = rankOf(context, 0, 3);
    const units = number(node, 'hidden_size');
    if (units < 1) throw invalid(node, 'a hidden_size of at least 1', String(units));
    const directions = word(node, 'direction') === 'bidirectional' ? 2 : 1;
    const expect = (input: number, what: string, shape: readonly Dim[]): void => {
      if (!inputs[input]) return;
      rankOf(context, input, shape.length).forEach((dim, i) =>
        requireEqual(context, `${what} with an axis ${i}`, shape[i] ?? '?', dim),
      );
    };
    shapeOf(context, 1);
    shapeOf(context, 2);
    expect(1, 'weights of the inputs', [directions, gates * units, channels]);
    expect(2, 'weights of the state', [directions, gates * units, units]);
    expect(3, 'shifts', [directions, multiplyDims(2 * gates, units)]);
    expect(4, 'numbers of steps', [examples]);
    for (let i = 0; i < states; i++) expect(5 + i, 'first states', [directions, examples, units]);
    return [
      { shape: [steps, directions, examples, units] },
      ...Array.from({ length: states }, () => ({ shape: [directions, examples, units] })),
    ];
  };

export const gru = recurrent(3, 1);
export const lstm = recurrent(4, 2);
