import type { Making, Role, TableRead } from './making.ts';

const ROLES: readonly (readonly [Role, string])[] = [
  ['drawn', 'Drawn (target)'],
  ['given', 'Condition'],
  ['unused', 'Not used'],
];

/** What each column of the table is, and what it is to be for the model. */
export const Columns = ({ making, table }: { readonly making: Making; readonly table: TableRead }) => {
  const { roles, stage } = making;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Columns of the table">
      <table class="columns">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Contents</th>
            <th scope="col">Use</th>
          </tr>
        </thead>
        <tbody>
          {table.columns
            .filter(({ name }) => name !== '')
            .map(({ name, kind, words, uses, isSeries }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{words}</td>
                <td>
                  {uses.length === 0 ? (
                    <span class="hint">Not used</span>
                  ) : (
                    <select
                      aria-label={`Use of ${name}`}
                      value={roles.value[name]}
                      disabled={stage.value !== 'ready'}
                      onChange={({ currentTarget: { value } }) => {
                        const role = ROLES.find(([one]) => one === value)?.[0];
                        if (role) roles.value = { ...roles.value, [name]: role };
                      }}
                    >
                      {ROLES.filter(([role]) => role === 'unused' || uses.includes(role)).map(([role, title]) => (
                        <option key={role} value={role}>
                          {title}
                          {role === 'given' && kind === 'dates' && ', as its month'}
                          {role === 'given' && isSeries && ', at each step'}
                        </option>
                      ))}
                    </select>
                  )}
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
};
