import { hasMask } from '../../values/mask-name.ts';
import { InvalidData } from '../../errors.ts';
import { size } from '../../shape/size.ts';
import { own } from '../../values/own.ts';
import { meant } from '../../values/rules.ts';
import { list } from '../../values/value-text.ts';
import { classNames, type Variable, type Variables } from '../variable.ts';
import type { Header } from './lines.ts';
import { flatColumns, listColumns } from './list-columns.ts';
import type { Item } from './plan.ts';

/** The columns of variables that have other names than theirs: `{ y: 'rain_mm', wind: ['speed', 'direction'] }`. */
export type Renamed = Readonly<Record<string, string | readonly string[]>>;

/** Which columns are called otherwise, and which are computed. */
export interface Naming {
  readonly renamed: Renamed;
  readonly computed: readonly string[];
  /** Whether several rows are one example, so that variables may have a value in each of them. */
  readonly inSteps?: boolean;
}

/**
 * Returns a model's variables as items of a table with this header: each is the column of its name, or those of `renamed`; several
 * numbers are the elements `name.0`, `name.1` of a list (`name.0.0` of nested ones), which a JSON file has or which is computed. Throws an `InvalidData` that begins with `where` for a name in `renamed` that
 * the model does not have, and for a variable whose columns are not known.
 */
export const modelPlan = (
  where: string,
  variables: Variables,
  header: Header,
  { renamed, computed, inSteps = false }: Naming,
): readonly Item[] => {
  // A mask follows from what is missing.
  const columnar = Object.entries(variables).filter(([, { maskOf }]) => maskOf === undefined);
  const names = columnar.map(([name]) => name);
  const unknown = Object.keys(renamed).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new InvalidData(
      `${where}: expected columns of variables that the model has (${list(names)}), got ${unknown}; ${meant(unknown, names)}`,
    );
  return columnar.map(([name, variable]) => {
    const { dataShape } = variable;
    // Of [steps, width], a row has the numbers of one step.
    const shape = inSteps && dataShape.length > 1 ? dataShape.slice(1) : dataShape;
    // Of classes, each row has one.
    const isOne = size(shape) === 1 || (inSteps && variable.kind === 'categorical');
    const several = computed.includes(name) ? flatColumns(name, shape) : listColumns(name, shape, header);
    // A single value may be a list of one, as JSON of samples has it.
    const single = size(shape) === 1 && !header.includes(name) && !computed.includes(name) ? several : undefined;
    const columns = [own(renamed, name) ?? (isOne ? single : several) ?? name].flat();
    const steps = inSteps ? stepsOf(variable, columns.length) : undefined;
    if (steps === undefined) checkColumns(where, name, variable, columns);
    const isWhole = !inSteps && hasSteps(variable, variables) && columns.length === size(dataShape);
    const filler = steps === undefined && !isWhole ? undefined : fillerOf(variable, variables);
    const end = isWhole && variable.end !== undefined ? filler : undefined;
    const item = {
      name,
      columns,
      ...(hasMask(variable) && { masked: true }),
      ...(steps !== undefined && { steps }),
      ...(filler !== undefined && { filler }),
      ...(end !== undefined && { end }),
    };
    if (variable.kind !== 'categorical') return { ...item, shape: dataShape };
    return {
      ...item,
      shape: columns.length === 1 && steps === undefined ? [] : dataShape,
      classes: classNames(variable) ?? 'sorted',
    };
  });
};

/** Returns the number of steps, if these columns are the values of one. */
const stepsOf = ({ kind, dataShape }: Variable, columns: number): number | undefined => {
  const [steps = 1] = dataShape;
  if (steps === 1 || (kind === 'categorical' && columns !== 1)) return undefined;
  return columns * steps === size(dataShape) ? steps : undefined;
};

/** Whether a variable has a value at each step of a sequence that has an end. */
const hasSteps = ({ dataShape }: Variable, variables: Variables): boolean =>
  Object.values(variables).some(({ end, dataShape: [steps] }) => end !== undefined && steps === dataShape[0]);

/** Returns the filling behind the end of a sequence: its class, and 0 or the first class for the other variables without a mask. */
const fillerOf = (variable: Variable, variables: Variables): string | undefined => {
  if (hasMask(variable)) return undefined;
  const { end } = variable;
  if (end !== undefined) return classNames(variable)?.[end] ?? `${end}`;
  const hasEnd = Object.values(variables).some((other) => other.end !== undefined);
  if (!hasEnd) return undefined;
  // Behind the end nothing counts, whatever its class.
  return variable.kind === 'categorical' ? (classNames(variable)?.[0] ?? '0') : '0';
};

const checkColumns = (where: string, name: string, { kind, dataShape }: Variable, columns: readonly string[]): void => {
  const count = size(dataShape);
  if (columns.length === count) return;
  const [wanted, remedy] =
    kind === 'categorical'
      ? [
          count === 1 ? 'one column of classes' : `${count} columns of classes`,
          count === 1 ? 'give its name' : `name them: { columns: { ${name}: ['…', '…'] } }`,
        ]
      : [
          count === 1 ? 'one column' : `${count} columns`,
          `name them: { columns: { ${name}: ${count === 1 ? "'…'" : "['…', '…']"} } }`,
        ];
  throw new InvalidData(`${where}: expected ${wanted} for ${name}, got ${list(columns)}; ${remedy}`);
};
