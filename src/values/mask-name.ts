/**
 * Returns the name of a target's mask in data and in files: `mask` of a single target, which is `y`, and `rain_mask` of one of
 * several called `rain`.
 */
export const maskName = (target: string): string => (target === 'y' ? 'mask' : `${target}_mask`);
