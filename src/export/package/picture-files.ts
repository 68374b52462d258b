/** The file of the picture that a card shows, of a target that is an image. */
export const PICTURE = 'samples.png';
/** That of plots, for any other target. */
export const FIGURE = 'draws.svg';
