import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';

/**
 * A word with its explanation, which appears when the word is hovered, focused or pressed, stays while the pointer is on it, and goes
 * with Escape (WCAG 2.2, 1.4.13).
 */
export const Term = ({ says, children }: { readonly says: string; readonly children: ComponentChildren }) => {
  const id = useId();
  const [place, setPlace] = useState<{ readonly left: number; readonly top: number } | undefined>(undefined);
  const word = useRef<HTMLButtonElement>(null);
  const show = (): void => {
    const box = word.current?.getBoundingClientRect();
    if (!box) return;
    // Within the window, whatever scrolls around it.
    setPlace({ left: Math.max(8, Math.min(box.left, innerWidth - WIDTH - 8)), top: box.bottom + 4 });
  };
  const hide = (): void => setPlace(undefined);
  return (
    <span class="term" onPointerEnter={show} onPointerLeave={() => word.current !== document.activeElement && hide()}>
      <button
        ref={word}
        type="button"
        class="term-word"
        aria-describedby={id}
        onFocus={show}
        onBlur={hide}
        onClick={show}
        onKeyDown={(event) => event.key === 'Escape' && hide()}
      >
        {children}
      </button>
      <span
        id={id}
        role="tooltip"
        class="term-says"
        hidden={!place}
        style={place && { left: `${place.left}px`, top: `${place.top}px`, width: `${WIDTH}px` }}
      >
        {says}
      </span>
    </span>
  );
};

const WIDTH = 260;
