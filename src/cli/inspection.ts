/** A shape, whose batch axis, if it is shown, is a symbol. */
export type Extent = readonly (number | string)[];

/** One step of a network or one node of a file: its output, and the parameters it owns. */
export interface Layer {
  readonly name: string;
  readonly op: string;
  readonly shape: Extent;
  readonly parameters: number;
  readonly bytes: number;
}

/** A network of a definition, or the graph of a file. Parameters that two sections share are counted in both. */
export interface Section {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Extent>>;
  readonly outputs: Readonly<Record<string, Extent>>;
  readonly layers: readonly Layer[];
  readonly parameters: number;
  readonly bytes: number;
}

/** The result of `inspect` for a definition, a file or a folder: facts about the whole, and its sections. */
export interface Inspection {
  readonly of: 'definition' | 'file' | 'folder';
  readonly facts: Readonly<Record<string, unknown>> & { readonly target?: TargetFacts };
  readonly sections: readonly Section[];
  /** The number of all parameters, each counted once if sharing is known. */
  readonly parameters: number;
  readonly bytes: number;
}

/** What a target is; several are given by name, too. */
export const targetFacts = ({ targets, ...target }: Targets): TargetFacts => ({
  ...factsOf(target),
  ...(targets && { targets: Object.fromEntries(Object.entries(targets).map(([name, one]) => [name, factsOf(one)])) }),
});

interface Targets extends OneTarget {
  readonly targets?: Readonly<Record<string, OneTarget>>;
}

interface TargetFacts extends Omit<OneTarget, 'named'> {
  readonly targets?: Readonly<Record<string, Omit<OneTarget, 'named'>>>;
}

interface OneTarget {
  readonly distribution: string;
  readonly named?: string;
  readonly shape: Extent;
}

const factsOf = ({ named, distribution, shape }: OneTarget) => ({ distribution: named ?? distribution, shape });

/** Returns the sum of each column of the layers. */
export const total = (rows: readonly { readonly parameters: number; readonly bytes: number }[]) => ({
  parameters: rows.reduce((sum, row) => sum + row.parameters, 0),
  bytes: rows.reduce((sum, row) => sum + row.bytes, 0),
});
