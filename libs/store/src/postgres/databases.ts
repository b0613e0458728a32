import pg from 'pg';

const NAME = /^[a-z][a-z0-9_]{0,62}$/;

/**
 * Makes a database on a server, where it is not there yet, and gives its URL.
 *
 * @param url of any database of the server, with the right to create one
 * @param template an existing database to copy; nobody may be connected to it
 */
export async function createDatabase(
  url: string,
  name: string,
  options: { readonly template?: string } = {},
): Promise<string> {
  if (![name, options.template ?? name].every((each) => NAME.test(each))) {
    throw new TypeError('A database is named by lower-case letters, digits and underscores.');
  }
  const found = await query(at(url, 'postgres'), 'select from pg_database where datname = $1', [name]);
  if (found.rowCount === 0) {
    const copied = options.template === undefined ? '' : ` template ${options.template}`;
    await query(at(url, 'postgres'), `create database ${name}${copied}`);
  }
  return at(url, name);
}

/** Runs statements over one connection with the rights of the URL's user. For maintenance, tests and the demo. */
export async function runStatements(url: string, sql: string): Promise<void> {
  await query(url, sql);
}

async function query(url: string, sql: string, values?: readonly unknown[]): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    return await (values === undefined ? client.query(sql) : client.query(sql, [...values]));
  } finally {
    await client.end();
  }
}

function at(url: string, name: string): string {
  const moved = new URL(url);
  moved.pathname = `/${name}`;
  return moved.toString();
}
