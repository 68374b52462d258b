import type { Picture } from 'cvae-compile/runtime';
import type { Manifest } from '../../../src/signature.ts';
import { isSeen } from '../condition/quadrants.ts';
import { isLike, type Values } from '../condition/values.ts';
import { viewOf } from './view-of.ts';

/** The image condition that is part of the target, by its size: what is seen of it can appear in pictures as it is. */
export const partOf = ({ conditions, target }: Manifest): string | undefined => {
  const view = viewOf(target);
  return view && Object.keys(conditions).find((name) => conditions[name] && isLike(conditions[name], view));
};

/** A picture with what is seen of such a condition in its place: a model whose loss leaves that out says nothing of it. */
export const withSeen = (picture: Picture, values: Values, part: string | undefined): Picture => {
  const value = part === undefined ? undefined : values[part];
  if (value?.kind !== 'image') return picture;
  const { width, height, channels } = picture;
  const data = picture.data.slice();
  for (let i = 0; i < data.length; i++) {
    const place = Math.floor(i / channels);
    if (isSeen(value.seen, Math.floor(place / width), place % width, height, width))
      data[i] = (value.pixels[i] ?? 0) * 255;
  }
  return { ...picture, data };
};
