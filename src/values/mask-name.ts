/** Whether values of a variable may be missing or given, so that it comes with a mask. */
export const hasMask = ({ mask }: { readonly mask?: boolean | string | undefined }): boolean =>
  mask !== undefined && mask !== false;

/**
 * Returns the name of a target's mask in data and in files: `mask` of a single target, which is `y`, and `rain_mask` of one of
 * several called `rain`.
 */
export const maskName = (target: string): string => (target === 'y' ? 'mask' : `${target}_mask`);
