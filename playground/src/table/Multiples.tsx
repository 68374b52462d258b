import type { Manifest } from '../../../src/signature.ts';
import { Bars } from './Bars.tsx';
import { binsOf, peakOf, type Bins } from './bins.ts';
import { valuesIn, type TableColumn } from './columns.ts';
import { alike, elementOf } from './rows.ts';
import { linear, rangeOf, short } from './scale.ts';
import { percent } from './SharePlot.tsx';
import { lumped, sharesIn, type Lumped } from './shares.ts';
import type { Population, Table } from './state.ts';
import { quantiles, shares } from './statistics.ts';
import { toneOf } from './tones.ts';
import { useWidth } from './useWidth.ts';
import { XAxis } from './XAxis.tsx';

/** One column for each class of a condition: small plots alike in their axes, to be compared. */
export const Multiples = ({
  manifest,
  table: { rows },
  column,
  population,
}: {
  readonly manifest: Manifest;
  readonly table: Table;
  readonly column: TableColumn;
  readonly population: Population;
}) => {
  const { groups, count, values } = population;
  // A class that the data do not have with the other conditions is shown alone.
  const dataOf = (group: number): readonly number[] | undefined => {
    const like = rows && alike(manifest, rows, withClass(values, group));
    return rows && like && like.which !== 'too few'
      ? elementOf(rows, column.target, column.place, like.rows)
      : undefined;
  };
  const data = groups.map((_, group) => dataOf(group));
  if (column.classes) {
    const drawn = groups.map((_, group) => sharesIn(manifest, column, population.outputs, group * count, count));
    const classes = lumped(column.classes, drawn);
    return <Stacks column={column} classes={classes} groups={groups} drawn={drawn} data={data} />;
  }
  const all = valuesIn(manifest, column, population.outputs) ?? [];
  const drawn = groups.map((_, group) => all.slice(group * count, (group + 1) * count));
  const lists = [...drawn, ...data.flatMap((list) => (list ? [list] : []))];
  const bins = binsOf(lists, rangeOf(all, lists.slice(drawn.length).flat()), BINS);
  return (
    <figure class="column-plot">
      <figcaption>
        <b>{column.title}</b>
      </figcaption>
      <div class="multiples">
        {groups.map((name, group) => (
          <Small
            key={name}
            name={name}
            title={column.title}
            draws={drawn[group] ?? []}
            data={data[group]}
            bins={bins}
            peak={peakOf(lists, bins)}
          />
        ))}
      </div>
    </figure>
  );
};

const BINS = 20;
const HEIGHT = 52;

const Small = ({
  name,
  title,
  draws,
  data,
  bins,
  peak,
}: {
  readonly name: string;
  readonly title: string;
  readonly draws: readonly number[];
  readonly data: readonly number[] | undefined;
  readonly bins: Bins;
  readonly peak: number;
}) => {
  const [box, width] = useWidth<HTMLDivElement>();
  const [median = NaN] = quantiles(draws, [0.5]);
  const [known = NaN] = quantiles(data ?? [], [0.5]);
  return (
    <div class="multiple" ref={box}>
      <p>
        <b>
          <bdi>{name}</bdi>
        </b>{' '}
        <span class="hint">{short(median)}</span>
      </p>
      {width > 0 && (
        <svg
          width={width}
          height={HEIGHT + 18}
          role="img"
          aria-label={`${title}, ${name}: median of samples ${short(median)}${data ? `, of the data ${short(known)}` : ''}`}
        >
          <Bars
            draws={draws}
            data={data}
            bins={bins}
            peak={peak}
            width={width}
            height={HEIGHT}
            marks={{ mean: median }}
          />
          <XAxis scale={linear(bins[0], bins[1], 0, width)} top={HEIGHT} width={width} />
        </svg>
      )}
    </div>
  );
};

/** A column of classes for each class of a condition: two bars each, of the draws and of the data, in the shares of its classes. */
const Stacks = ({
  column: { title, classes: all = [] },
  classes: { names: classes, of },
  groups,
  drawn,
  data,
}: {
  readonly column: TableColumn;
  readonly classes: Lumped;
  readonly groups: readonly string[];
  readonly drawn: readonly (readonly number[])[];
  readonly data: readonly (readonly number[] | undefined)[];
}) => (
  <figure class="column-plot">
    <figcaption>
      <b>{title}</b>
      <ClassLegend classes={classes} />
    </figcaption>
    <ul class="stacks">
      {groups.map((name, group) => {
        const known = data[group];
        const own = of(drawn[group] ?? []);
        const words = classes.map((one, i) => `${one} ${percent(own[i] ?? 0)}`).join(', ');
        return (
          <li key={name}>
            <span>{name}</span>
            <span class="stack-bars" role="img" aria-label={`${title}, ${name}: ${words}`}>
              <Stack of={own} height="tall" />
              {known && <Stack of={of(shares(known, all.length))} height="low" />}
            </span>
          </li>
        );
      })}
    </ul>
    <p class="hint">Upper bars: samples. {data.some(Boolean) && 'Thin bars below: data.'}</p>
  </figure>
);

const Stack = ({ of, height }: { readonly of: readonly number[]; readonly height: 'tall' | 'low' }) => (
  <span class={`stack ${height}`}>
    {of.map((share, i) => (
      <i key={i} style={{ width: `${100 * share}%`, background: toneOf(i, of.length) }} />
    ))}
  </span>
);

/** The colours of classes, of very many the first. */
export const ClassLegend = ({ classes }: { readonly classes: readonly string[] }) => (
  <span class="legend hint">
    {classes.slice(0, LISTED).map((name, i) => (
      <span key={name}>
        <i class="area" style={{ background: toneOf(i, classes.length) }} /> {name}
      </span>
    ))}
    {classes.length > LISTED && <span>… and {classes.length - LISTED} more</span>}
  </span>
);

const LISTED = 24;

/** The conditions with one class where each is asked for in turn. */
const withClass = (values: Population['values'], index: number): Population['values'] =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value.kind === 'all' ? { kind: 'class', index } : value]),
  );
