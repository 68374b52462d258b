import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';

/**
 * Controls that lie in the page, and on a phone in a sheet at the lower edge, which a button opens: what they change stays in sight.
 * Escape closes it.
 */
export const Sheet = ({
  title,
  says,
  side,
  children,
}: {
  readonly title: string;
  /** What is set there now, in a few words. */
  readonly says?: string;
  /** Where its button is: two may be there at once. */
  readonly side: 'left' | 'right';
  readonly children: ComponentChildren;
}) => {
  const id = useId();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div class="sheet" data-open={open} onKeyDown={(event) => open && event.key === 'Escape' && close()}>
      <button
        ref={button}
        type="button"
        class={`button sheet-button ${side}`}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {open ? `Close ${title.toLowerCase()}` : says ? `${title}: ${says}` : title}
      </button>
      <div id={id} class="sheet-body">
        {children}
      </div>
    </div>
  );
};
