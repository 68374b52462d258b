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
            .map(({ name, kind, words }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{words}</td>
                <td>
                  {kind === 'none' ? (
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
                      {ROLES.filter(([role]) => kind !== 'dates' || role !== 'drawn').map(([role, title]) => (
                        <option key={role} value={role}>
                          {kind === 'dates' && role === 'given' ? 'Condition, as its month' : title}
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
