import type { Header, TakeLine } from './lines.ts';
import type { Item } from './plan.ts';

/**
 * Fills what is empty behind the end of a sequence whose steps are all in one row, as samples are written: nothing counts there.
 * Empty cells before the end are missing values, and stay so.
 */
export const filledBehindEnd = (plan: readonly Item[], header: Header, take: TakeLine): TakeLine => {
  const ending = plan.find(({ end }) => end !== undefined);
  if (ending === undefined) return take;
  const placesOf = ({ columns }: Item): readonly number[] => columns.map((column) => header.indexOf(column));
  const ends = placesOf(ending);
  const [steps = 1] = ending.shape;
  const others = plan.flatMap((item) =>
    item.filler === undefined || item === ending ? [] : [{ filler: item.filler, places: placesOf(item) }],
  );
  return (cells, line) => {
    const length = ends.findIndex((place) => cells[place] === ending.end);
    if (length < 0) return take(cells, line);
    const filled = [...cells];
    for (const { filler, places } of others)
      for (const place of places.slice((length * places.length) / steps))
        if ((filled[place] ?? '').trim() === '') filled[place] = filler;
    take(filled, line);
  };
};
