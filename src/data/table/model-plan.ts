import { hasMask } from '../../values/mask-name.ts';
import { InvalidData } from '../../errors.ts';
import { size } from '../../shape/size.ts';
import { own } from '../../values/own.ts';
import { meant } from '../../values/rules.ts';
import { list } from '../../values/value-text.ts';
import { classNames, type Variable, type Variables } from '../variable.ts';
import type { Header } from './lines.ts';
import type { Item } from './plan.ts';

/** The columns of variables that have other names than theirs: `{ y: 'rain_mm', wind: ['speed', 'direction'] }`. */
export type Renamed = Readonly<Record<string, string | readonly string[]>>;

/** Which columns are called otherwise, and which are computed. */
export interface Naming {
  readonly renamed: Renamed;
  readonly computed: readonly string[];
}

/**
 * Returns a model's variables as items of a table with this header: each is the column of its name, or those of `renamed`; several
 * numbers are the elements `name.0`, `name.1` of a list, which a JSON file has or which is computed. Throws an `InvalidData` that begins with `where` for a name in `renamed` that
 * the model does not have, and for a variable whose columns are not known.
 */
export const modelPlan = (
  where: string,
  variables: Variables,
  header: Header,
  { renamed, computed }: Naming,
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
    const listed = Array.from({ length: size(variable.dataShape) }, (_, i) => `${name}.${i}`);
    const isList = computed.includes(name) ? listed.length > 1 : listed.every((column) => header.includes(column));
    const columns = own(renamed, name) ?? (isList ? listed : [name]);
    checkColumns(where, name, variable, [columns].flat());
    const item = { name, columns: [columns].flat(), ...(hasMask(variable) && { masked: true }) };
    if (variable.kind !== 'categorical') return { ...item, shape: variable.dataShape };
    return { ...item, shape: [], classes: classNames(variable) ?? 'sorted' };
  });
};

const checkColumns = (where: string, name: string, { kind, dataShape }: Variable, columns: readonly string[]): void => {
  const count = size(dataShape);
  if (columns.length === count && (kind !== 'categorical' || count === 1)) return;
  const [wanted, remedy] =
    kind === 'categorical'
      ? ['one column of classes', 'give its name']
      : [
          count === 1 ? 'one column' : `${count} columns`,
          `name them: { columns: { ${name}: ${count === 1 ? "'…'" : "['…', '…']"} } }`,
        ];
  throw new InvalidData(`${where}: expected ${wanted} for ${name}, got ${list(columns)}; ${remedy}`);
};
