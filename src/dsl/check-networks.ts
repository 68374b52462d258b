import { InvalidModel } from '../errors.ts';
import { repeatedBy, valuesOf, type Graph } from '../graph/graph.ts';
import { troubleOf } from '../graph/identity.ts';
import { readableByIndex } from '../graph/by-index.ts';
import { maskInputs } from '../graph/mask-inputs.ts';
import type { Body } from '../graph/node.ts';
import { applicationOf } from '../graph/repeated.ts';
import { resolve } from '../graph/resolve.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { bodyOf, call } from './network.ts';
import { gibibytes, LIMIT } from './sizes.ts';
import type { Variable, Variables } from './variables.ts';

/** How networks take a model's inputs, by their names. */
export interface Taken {
  /** Whose classes a table is read by. */
  readonly byIndex: ReadonlySet<string>;
  /** Which decide, by being 0 or not, what exists. */
  readonly asMask: ReadonlySet<string>;
}

/**
 * Resolves all networks of a model at once, so that conflicts between them are reported when the definition is read:
 * names, batch axes, conditions without effect, ops that cannot be written as ONNX, parameters too large for a file.
 * Returns how they take their inputs.
 *
 * @throws InvalidModel
 */
export function checkNetworks(
  networks: readonly Body[],
  inputs: Readonly<Record<string, Shape>>,
  conditions: Variables,
): Taken {
  const whole = bodyOf('objective', inputs, (given) =>
    Object.fromEntries(
      networks.flatMap((body) =>
        Object.entries(call(body, given)).map(([output, x]) => [`${body.name}.${output}`, x] as const),
      ),
    ),
  );
  const graph = resolve(whole, { mode: 'train' });
  const used = new Set([...graph.steps.flatMap((step) => step.inputs), ...Object.values(graph.outputs)]);
  for (const { name, id } of graph.inputs)
    if (Object.hasOwn(conditions, name) && !used.has(id))
      throw new InvalidModel(
        `condition: expected every condition to be used, got ${name}, which no network reads; ${remedyOf(conditions[name])}`,
      );
  checkRows(graph);
  checkOwnOps(graph);
  checkParameters(graph);
  return { byIndex: readableByIndex(graph), asMask: maskInputs(graph) };
}

/** What to do with a condition that no network reads. What is known of a target cannot be left out by itself. */
const remedyOf = (condition: Variable | undefined): string => {
  if (!condition?.knownOf) return 'use it or leave it out';
  const { target } = condition.knownOf;
  return target === 'y'
    ? 'give known to prior and decoder, or leave known: anyPart() out'
    : `give known.${target} to prior and decoder, or leave known: anyPart() out`;
};

/** Checks that networks return one row for each example. */
function checkRows(graph: Graph): void {
  const values = valuesOf(graph);
  for (const [name, id] of Object.entries(graph.outputs)) {
    const lead = values.get(id)?.lead ?? 0;
    if (lead > 1)
      throw new InvalidModel(
        `${name.replace('.', ', ')}: expected one for each example, got ${lead} samples of it; group(${lead}) and join them, or leave repeat out`,
      );
  }
}

/**
 * Checks the ONNX that a definition's custom ops write now, where the user can fix it, rather than when the model is
 * exported.
 */
function checkOwnOps(graph: Graph): void {
  const values = valuesOf(graph);
  for (const step of graph.steps) {
    const inner = repeatedBy(step);
    if (inner) checkOwnOps(inner);
    if (step.op['~library']) continue;
    const trouble = troubleOf(applicationOf(step, values));
    if (trouble !== undefined)
      throw new InvalidModel(
        `${step.name}: expected ONNX of ${step.op.name} that gives ${show(step.shape)}, got an error (${trouble}); correct its lower`,
      );
  }
}

/** Checks that all parameters together fit into a weights file and an ONNX file. */
function checkParameters({ params }: Graph): void {
  const bytes = 4 * params.reduce((sum, { shape }) => sum + size(shape), 0);
  const largest = params.toSorted((a, b) => size(b.shape) - size(a.shape))[0];
  if (bytes >= LIMIT && largest)
    throw new InvalidModel(
      `model: expected parameters of less than 2 GiB, got ${gibibytes(bytes)}, of which ${largest.name} ${show(largest.shape)} has ${gibibytes(4 * size(largest.shape))}; make it smaller`,
    );
}
