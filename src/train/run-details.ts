import { InvalidModel } from '../errors.ts';
import type { RunDetails } from '../formats/checkpoint.ts';
import type { Graph } from '../graph/graph.ts';
import { print } from '../graph/print.ts';
import { fingerprint } from '../weights/fingerprint.ts';
import type { TrainingEngine } from './engine.ts';
import type { Objective } from './objective.ts';
import type { Optimiser } from './optimiser.ts';
import { at, type Schedule } from './schedule.ts';

/** Returns the details of a run. */
export const detailsOf = (
  graph: Graph,
  { schedules }: Objective,
  optimiser: Optimiser,
  learningRate: Schedule,
  engine: TrainingEngine,
): RunDetails => {
  // Always the same moments, whatever the number of epochs, which may be raised on resuming.
  const moments = Array.from({ length: 21 }, (_, i) => at(1 + 5 * i, 10, 10));
  const values = (schedule: Schedule): string => moments.map((moment) => schedule(moment)).join(' ');
  const { settings, clipNorm, state } = optimiser;
  return {
    schedules: fingerprint([learningRate, ...Object.values(schedules)].map(values).join('\n')),
    optimiser: fingerprint(JSON.stringify([settings, clipNorm, state, optimiser.scalars(3, 1)])),
    objective: fingerprint(print(graph)),
    engine: `${engine.name} ${engine.version}`,
  };
};

/**
 * Returns, in one line, why a resumed run will not end with exactly the same weights, or undefined.
 *
 * @throws InvalidModel if it would resume with other schedules, or another optimiser, than it was started with.
 */
export const checkDetails = (now: RunDetails, before: RunDetails | undefined): string | undefined => {
  if (!before) return undefined;
  for (const name of ['schedules', 'optimiser'] as const)
    if (now[name] !== before[name])
      throw new InvalidModel(
        `resume: expected the ${name === 'schedules' ? 'schedules' : "optimiser's numbers"} that the run was started with, got different ones; pass the same, or start a new run`,
      );
  // A newer version of this library may also write an objective's graph differently.
  const others = [
    ...(now.objective === before.objective ? [] : ['another objective, or one that is computed otherwise']),
    ...(now.engine === before.engine ? [] : [`${now.engine} instead of ${before.engine}`]),
  ];
  return others.length > 0
    ? `resume: the run continues with ${others.join(', and with ')}: its weights will not be identical to the bit; start a new run if they must be`
    : undefined;
};
