import { useState } from 'preact/hooks';
import { size } from '../../../src/shape/size.ts';
import { isClasses } from '../../../src/signature.ts';
import { Drawing } from '../draw/Drawing.tsx';
import { paperOf } from '../draw/paper.ts';
import type { TrainPanelProps } from '../page/training.ts';
import { problemOf, type Problem } from '../session/problem.ts';
import { Picture } from '../view/Picture.tsx';
import { viewOf } from '../view/pixels.ts';
import { ProblemCard } from '../view/ProblemCard.tsx';
import { save } from '../view/save.ts';
import { Strip } from './Compare.tsx';
import { Controls } from './Controls.tsx';
import { Curve } from './Curve.tsx';
import { adaptedFolder } from './folder.ts';
import { createTrainingSession, type TrainingSession } from './training-session.ts';
import { drawn, seenIn, trainingExampleOf, wordsOf, type TrainingExample } from './training-examples.ts';
import { TaughtList } from './TaughtList.tsx';
import './panel.css';

/** Teaches the model something new from a few examples, in the page: nothing leaves it. */
const TrainPanel = (props: TrainPanelProps) => {
  const { folder, wasmPaths, manifest, conditions, seed, examples } = props;
  const lesson = lessonOf(props);
  const view = viewOf(manifest.target);
  const drawable = view !== undefined && !isClasses(manifest.target);
  const paper = paperOf(examples, 'y');
  const [ink, setInk] = useState<Float32Array>(() => new Float32Array(size(view ?? [])).fill(paper));
  const [failed, setFailed] = useState<Problem | undefined>(undefined);
  const words = wordsOf(manifest, conditions);
  const { taught, stage, losses, before, now, weights, problem } = lesson;
  const busy = stage.value !== 'ready';
  const shown = failed ?? problem.value;

  const add = (): void => {
    taught.value = [...taught.value, drawn(manifest, conditions, ink, seenIn(manifest, examples))];
    setInk(new Float32Array(ink.length).fill(paper));
  };
  const download = async (): Promise<void> => {
    setFailed(undefined);
    try {
      if (weights.value) save(await adaptedFolder(folder, wasmPaths, weights.value), `${manifest.name}-adapted.zip`);
    } catch (error) {
      setFailed(problemOf(error, 'The model could not be saved'));
    }
  };
  return (
    <section class="train" aria-label="Fine-tune">
      <p>
        Teach the model something new from a few examples
        {drawable ? ': draw them here, or take some from its data' : ' from its data'}. It trains in this page; nothing
        leaves it.
      </p>
      <div class="teach">
        {drawable && <Blank {...{ view, paper, ink, words, busy }} onInk={setInk} onAdd={add} />}
        <div class="learn">
          <h2>Training examples{taught.value.length > 0 && `: ${taught.value.length}`}</h2>
          {taught.value.length === 0 && (
            <p class="hint">None yet.{drawable && ' Three to five drawings are enough for a new shape.'}</p>
          )}
          <TaughtList
            taught={taught.value}
            view={view}
            disabled={busy}
            onRemove={(index) => (taught.value = taught.value.filter((_, i) => i !== index))}
          />
          {examples.length > 0 && (
            <DataExamples
              {...{ manifest, examples, view }}
              disabled={busy}
              onAdd={(example) => (taught.value = [...taught.value, example])}
            />
          )}
          <Controls lesson={lesson} examples={examples.length} onDownload={() => void download()} />
          {lesson.notice.value && (
            <p class="notice" role="status">
              {lesson.notice.value}
            </p>
          )}
          {shown && <ProblemCard problem={shown} />}
          {losses.value.length > 0 && <Curve losses={losses.value} />}
          {view && before.value && (
            <div class="compare">
              <Strip title="Before" model={before.value} conditions={conditions} seed={seed} words={words} />
              <Strip title="Now" model={now.value} conditions={conditions} seed={seed} words={words} />
            </div>
          )}
        </div>
      </div>
    </section>
  );
};

interface BlankProps {
  readonly view: readonly number[];
  readonly paper: number;
  readonly ink: Float32Array;
  /** The conditions that it belongs to; an empty text if there are none. */
  readonly words: string;
  readonly busy: boolean;
  readonly onInk: (ink: Float32Array) => void;
  readonly onAdd: () => void;
}

/** A sheet for a further example. */
const Blank = ({ view, paper, ink, words, busy, onInk, onAdd }: BlankProps) => (
  <div class="blank">
    <h2>{words === '' ? 'An example' : `What ${words} should look like`}</h2>
    <Drawing
      shape={view}
      paper={paper}
      value={ink}
      onChange={onInk}
      label={`A new example${words && ` of ${words}`}`}
    />
    <button type="button" class="button" disabled={busy || ink.every((v) => v === paper)} onClick={onAdd}>
      Add this drawing
    </button>
  </div>
);

/** Examples of the model's data, to learn from. */
const DataExamples = ({
  manifest,
  examples,
  view,
  disabled,
  onAdd,
}: Pick<TrainPanelProps, 'manifest' | 'examples'> & {
  readonly view: readonly number[] | undefined;
  readonly disabled: boolean;
  readonly onAdd: (example: TrainingExample) => void;
}) => (
  <details>
    <summary>Add examples from the data</summary>
    <div class="examples">
      {examples.map((example, i) => {
        const taught = trainingExampleOf(manifest, example);
        const { label, targets } = taught;
        return (
          <button
            key={example.index}
            type="button"
            class="example"
            disabled={disabled}
            aria-label={`Add example ${i + 1}${label && `, ${label}`}`}
            onClick={() => onAdd(taught)}
          >
            {view && targets['y'] ? (
              <Picture values={targets['y']} shape={view} label="" />
            ) : (
              <span>
                <b>{i + 1}</b> {label}
              </span>
            )}
          </button>
        );
      })}
    </div>
  </details>
);

/** The lesson of a folder: it continues while another part of the page is looked at. */
const lessonOf = (props: TrainPanelProps): TrainingSession => {
  const { href } = props.folder;
  const found = lessons.get(href) ?? createTrainingSession(props);
  lessons.set(href, found);
  return found;
};

const lessons = new Map<string, TrainingSession>();

export default TrainPanel;
