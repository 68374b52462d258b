import { useState } from 'preact/hooks';
import type { Playground } from '../session/playground.ts';
import { ProblemCard } from '../view/ProblemCard.tsx';
import { Columns } from './Columns.tsx';
import { followHeld } from './held.ts';
import { Losses } from './Losses.tsx';
import { createMaking, type Making } from './making.ts';
import { Outcome } from './Outcome.tsx';
import { packaged } from './packaged.ts';
import './make.css';

/** Trains a model of one's own table, in the page: nothing leaves it. */
const MakePanel = ({ playground }: { readonly playground: Playground }) => {
  const { table, stage, problem, notices, losses } = making;
  const read = table.value;
  return (
    <section class="make" aria-label="New model">
      <p>
        Train a model of your own table: a CSV or TSV file with a header. It trains in this page; nothing leaves it.
      </p>
      <Drop />
      {stage.value === 'reading' && <p role="status">Reading the table…</p>}
      {read && (
        <>
          <h2>
            {read.file}: {read.rows.toLocaleString('en')} rows
          </h2>
          <Columns making={making} table={read} />
          <Train playground={playground} />
        </>
      )}
      {problem.value && <ProblemCard problem={problem.value} />}
      {notices.value.map((text) => (
        <p key={text} class="notice" role="status">
          {text}
        </p>
      ))}
      {losses.value.length > 0 && <Losses losses={losses.value} />}
      <Outcome playground={playground} making={making} held={heldFor(playground)} />
    </section>
  );
};

/** Where a file is dropped, or chosen. */
const Drop = () => {
  const [over, setOver] = useState(false);
  const busy = making.stage.value !== 'ready';
  const take = (files: FileList | null | undefined): void => {
    const [file] = files ?? [];
    if (file && !busy) void making.read(file);
  };
  return (
    <label
      class={`drop ${over ? 'over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <span>{making.table.value ? 'Another table' : 'Drop a table here, or choose one'}</span>
      <input
        type="file"
        accept=".csv,.tsv,.tab,.txt,text/csv"
        disabled={busy}
        onChange={({ currentTarget }) => {
          take(currentTarget.files);
          // So that the same file can be chosen again.
          currentTarget.value = '';
        }}
      />
    </label>
  );
};

/** Begins and ends training. */
const Train = ({ playground: { site, engines, wish } }: { readonly playground: Playground }) => {
  const { stage, roles, minutes, spent, losses, made } = making;
  const [onGpu, setOnGpu] = useState(wish.value.backend === 'webgpu');
  const busy = stage.value !== 'ready';
  const drawn = Object.values(roles.value).filter((role) => role === 'drawn').length;
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
            On the GPU (WebGPU), which pays for large tables
          </label>
        )}
      </div>
      <div class="row">
        {busy ? (
          <button type="button" class="button" disabled={stage.value !== 'training'} onClick={making.stop}>
            Stop and keep
          </button>
        ) : (
          <button type="button" class="button primary" disabled={drawn === 0} onClick={start}>
            {made.value ? 'Train again' : 'Train'}
          </button>
        )}
        {busy && <progress max={1} value={spent.value} aria-label="Time taken" />}
        <span class="hint" role="status">
          {drawn === 0 && 'Choose a column to draw'}
          {stage.value === 'training' && (count === 0 ? 'Starting…' : `Epoch ${count + 1}`)}
          {stage.value === 'ending' && 'Making the package…'}
        </span>
      </div>
    </>
  );
};

/** It goes on while another part of the page is looked at. */
const making: Making = createMaking();
let held: ReturnType<typeof followHeld> | undefined;
const heldFor = (playground: Playground) => (held ??= followHeld(making.model, playground));

export default MakePanel;
