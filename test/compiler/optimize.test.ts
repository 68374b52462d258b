import { expect, test } from 'vitest';
import { optimise } from '../../src/compiler/optimise.ts';
import { checkGraph } from '../../src/onnx/check.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { difference, feedsOf } from './numbers.ts';
import { randomGraph } from './random-graphs.ts';
import { chosen } from '../support/chosen.ts';

test.each(chosen('random graphs', [0, 1, 2, 3], 1))(
  'random graphs compute the same when they are optimised (%i)',
  (part) => {
    for (let seed = part * 50; seed < (part + 1) * 50; seed++) {
      const graph = randomGraph(seed);
      checkGraph(graph, OPSET);
      const after = optimise(graph, OPSET);
      checkGraph(after, OPSET);
      expect(difference(after, graph, feedsOf(graph, 2)), `seed ${seed}`).toBeLessThan(1e-5);
      expect(after.nodes.length, `seed ${seed}`).toBeLessThanOrEqual(graph.nodes.length);
      // There is nothing left to do.
      expect(optimise(after, OPSET), `seed ${seed}`).toBe(after);
    }
  },
);
