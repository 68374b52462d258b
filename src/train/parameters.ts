import type { Variables } from '../data/variable.ts';
import type { Model } from '../dsl/model.ts';
import type { Graph, GraphParam } from '../graph/graph.ts';
import { resolve } from '../graph/resolve.ts';
import { inference } from '../layers/inference.ts';
import { resolveRolled } from '../layers/roll.ts';
import { checkLoss, scalarsOf, type Objective } from './objective.ts';
import { baselineLikelihood, measurable, usual } from './objectives/likelihood.ts';
import type { TrainOptions } from './options.ts';
import type { Fit } from './phase.ts';
import type { ScheduleStep } from './schedule.ts';

/** Returns a model's conditions and its target as `y`, or each of several by its name, in the form that data must have. */
export const variablesOf = ({ condition, target, steps }: Model): Variables => {
  const targets = Object.entries(target.targets ?? { y: target });
  return {
    ...condition,
    ...Object.fromEntries(targets.map(([name, one]) => [name, steps ? { ...one, inSteps: true } : one])),
  };
};

/** Returns the parameters of a model: those of its networks and its objective, under their full names. */
export const parametersOf = (model: Model): readonly GraphParam[] => [
  ...new Map(
    [measurable(model), ...(model.networks.baseline ? [baselineLikelihood()] : [])]
      .flatMap((objective) => resolve(objective.body(model), { mode: 'train' }).params)
      .concat(tablesOf(model))
      .map((param) => [param.name, param]),
  ).values(),
];

/** Returns what targets learn of their columns: parameters that are not trained, of which objectives and files need some each. */
export const tablesOf = (model: Model): readonly GraphParam[] => {
  const { target } = model;
  if (!Object.values(target.targets ?? { y: target }).some(({ learns }) => learns)) return [];
  const { decoder, draw } = inference(model);
  const measured = resolve(measurable(model).body(model), { mode: 'train' });
  return [measured, decoder, draw].flatMap(
    (graph) => graph?.params.filter(({ name }) => name.startsWith('scaling/')) ?? [],
  );
};

/** Returns the names of parameters that belong only to the objective: they are trained, but are not part of the model. */
export const auxiliaryOf = (model: Model, { objective = usual(model), validateBy }: TrainOptions): readonly string[] =>
  auxiliaryIn(graphs(model, objective, undefined, validateBy), parametersOf(model));

/** The same for existing graphs. */
export const auxiliaryIn = (
  { objective, evaluation }: Pick<Fit, 'objective' | 'evaluation'>,
  parameters: readonly GraphParam[],
): readonly string[] => {
  const own = new Set(parameters.map(({ name }) => name));
  const names = [...objective.params, ...evaluation.params].map(({ name }) => name);
  return [...new Set(names)].filter((name) => !own.has(name));
};

/** Returns the graphs of an objective: the one that is trained, and the one that validates. */
export const graphs = (
  model: Model,
  objective: Objective,
  frozen?: ReadonlySet<string>,
  validateBy: Objective = objective,
) => {
  const bodies = [objective.body(model), validateBy.body(model, true)] as const;
  return {
    /** Before they are resolved: what is trained, and what validates. */
    bodies,
    objective: checkLoss(resolveRolled(bodies[0], { mode: 'train', ...(frozen && { frozen }) })) satisfies Graph,
    evaluation: checkLoss(resolveRolled(bodies[1], { mode: 'infer' })),
    scalars: (now: ScheduleStep) => ({ ...scalarsOf(validateBy, now), ...scalarsOf(objective, now) }),
  };
};
