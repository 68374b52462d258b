import { useState } from 'preact/hooks';
import type { Playground } from '../session/playground.ts';
import { ProblemCard } from '../view/ProblemCard.tsx';
import type { Entry } from './chosen.ts';
import { Columns } from './Columns.tsx';
import { dropped, entriesOf } from './dropped.ts';
import { followHeld } from './held.ts';
import { Losses } from './Losses.tsx';
import { createMaking, exampleOf, type Making } from './making.ts';
import { Outcome } from './Outcome.tsx';
import { packaged } from './packaged.ts';
import { Pictures } from './Pictures.tsx';
import { Together } from './Together.tsx';
import './make.css';

/** Trains a model of the user's own table or pictures, in the page: nothing leaves it. */
const MakePanel = ({ playground }: { readonly playground: Playground }) => {
  const { table, pictures, stage, problem, notices, losses } = making;
  const [read, shown] = [table.value, pictures.value];
  return (
    <section class="make" aria-label="Train a new model">
      <p>
        Train a model of your own data: a table (a CSV or TSV file with a header), or pictures (PNG, JPEG or WebP, in a
        folder for each class). It trains in this page; nothing leaves it.
      </p>
      <Drop />
      {stage.value === 'reading' && <Reading />}
      {read && (
        <>
          <h2>
            {read.file}: {read.rows.toLocaleString('en')} rows
          </h2>
          <Together making={making} table={read} />
          <Columns making={making} table={read} />
          <Train playground={playground} />
        </>
      )}
      {shown && (
        <>
          <h2>
            {shown.chosen.name}: {counted(shown.set.count, 'picture')}
            {shown.set.classes.length > 1 && ` of ${counted(shown.set.classes.length, 'class', 'es')}`}
          </h2>
          <Pictures making={making} read={shown} />
          <Train playground={playground} />
        </>
      )}
      {problem.value && <ProblemCard problem={problem.value} />}
      {notices.value.map((text) => (
        <p key={text} class="notice" role="status">
          {text}
        </p>
      ))}
      {losses.value.length > 0 && <Losses losses={losses.value} of={exampleOf(making)} />}
      <Outcome playground={playground} making={making} held={heldFor(playground)} />
    </section>
  );
};

const counted = (count: number, what: string, ending = 's'): string =>
  `${count.toLocaleString('en')} ${what}${count === 1 ? '' : ending}`;

/** How far reading is: of pictures it takes a while. */
const Reading = () => (
  <div class="row">
    <span role="status">Reading…</span>
    {making.spent.value > 0 && <progress max={1} value={making.spent.value} aria-label="Pictures read" />}
  </div>
);

/** Where files or a folder are dropped, or chosen. */
const Drop = () => {
  const [over, setOver] = useState(false);
  const busy = making.stage.value !== 'ready';
  const take = (entries: readonly Entry[]): void => {
    if (entries.length > 0 && !busy) void making.read(entries);
  };
  const chosen = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }): void => {
    take(entriesOf(currentTarget.files ?? []));
    // So that the same file can be chosen again.
    currentTarget.value = '';
  };
  return (
    <div
      class={`drop ${over ? 'over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (event.dataTransfer) void dropped(event.dataTransfer).then(take);
      }}
    >
      <span>
        {making.table.value || making.pictures.value ? 'Other data' : 'Drop a table or a folder of pictures here'}
      </span>
      <label class="button file">
        Choose files
        <input type="file" multiple accept={ACCEPTED} disabled={busy} onChange={chosen} />
      </label>
      <label class="button file">
        Choose a folder
        <input type="file" multiple ref={asFolder} disabled={busy} onChange={chosen} />
      </label>
    </div>
  );
};

const ACCEPTED = '.csv,.tsv,.tab,.txt,text/csv,.png,.jpg,.jpeg,.webp,image/png,image/jpeg,image/webp';

/** The attribute that lets an input choose a folder, which types of JSX do not know. */
const asFolder = (input: HTMLInputElement | null): void => {
  if (input) input.webkitdirectory = true;
};

/** Begins and ends training. */
const Train = ({ playground: { site, engines, wish } }: { readonly playground: Playground }) => {
  const { stage, roles, minutes, spent, losses, made } = making;
  const [onGpu, setOnGpu] = useState(wish.value.backend === 'webgpu');
  const busy = stage.value !== 'ready';
  const isReady = making.pictures.value !== undefined || Object.values(roles.value).includes('drawn');
  const start = (): void => {
    const { threads } = wish.value;
    making.start({ backend: onGpu ? 'webgpu' : 'wasm', threads, ort: site.ort.href }, Object.keys(packaged));
  };
  const count = losses.value.length;
  return (
    <>
      <div class="settings">
        <label class="row">
          At most
          <input
            type="number"
            min="0.1"
            max="600"
            step="any"
            value={minutes.value}
            disabled={busy}
            onInput={({ currentTarget: { valueAsNumber: value } }) => {
              if (value > 0 && value <= 600) minutes.value = value;
            }}
            onBlur={({ currentTarget }) => (currentTarget.value = `${minutes.value}`)}
          />
          minutes
        </label>
        {engines.webgpu && (
          <label class="check">
            <input
              type="checkbox"
              checked={onGpu}
              disabled={busy}
              onChange={({ currentTarget }) => setOnGpu(currentTarget.checked)}
            />
            On the GPU (WebGPU)
          </label>
        )}
      </div>
      <div class="row">
        {busy ? (
          <button type="button" class="button" disabled={stage.value !== 'training'} onClick={making.stop}>
            {count === 0 ? 'Stop' : 'Stop and keep'}
          </button>
        ) : (
          <button type="button" class="button primary" disabled={!isReady} onClick={start}>
            {made.value ? 'Train again' : 'Train'}
          </button>
        )}
        {busy && stage.value !== 'reading' && <progress max={1} value={spent.value} aria-label="Time taken" />}
        <span class="hint" role="status">
          {!isReady && whyNot(making)}
          {stage.value === 'training' &&
            (spent.value === 0 ? 'Preparing the training step, and trying learning rates…' : `Epoch ${count + 1}`)}
          {stage.value === 'ending' && (count === 0 ? 'Stopping…' : 'Making the package…')}
        </span>
      </div>
    </>
  );
};

/** What a table lacks that training needs. */
const whyNot = ({ table }: Making): string => {
  if (table.value?.rows === 0) return 'The table has no rows below its header';
  const some = table.value?.columns.some(({ uses }) => uses.includes('drawn'));
  return some ? 'Choose a column to draw' : 'The table has no column that a model could draw';
};

/** It continues while another part of the page is looked at. */
const making: Making = createMaking();
let held: ReturnType<typeof followHeld> | undefined;
const heldFor = (playground: Playground) => (held ??= followHeld(making.model, playground));

export default MakePanel;
