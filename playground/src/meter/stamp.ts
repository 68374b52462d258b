/** When the last input came that a person made: the browser's own time of it, which has the wait for the page in it. */
export const inputTime = (): number => last;

let last = 0;

for (const type of ['pointerdown', 'pointermove', 'keydown', 'input', 'click'] as const)
  globalThis.addEventListener?.(
    type,
    ({ timeStamp }) => {
      last = timeStamp;
    },
    { capture: true, passive: true },
  );
