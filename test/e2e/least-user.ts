import { Client } from 'pg';

const NAME = 'proviso_node';
const PASSWORD = 'of-a-test';

/** Makes the user whom docs/replicas.md gives to the processes: one that may do what the application may, and nothing else. */
export async function leastUser(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`create role ${NAME} login password '${PASSWORD}'`);
    await client.query(`grant proviso_app to ${NAME}`);
  } finally {
    await client.end();
  }
  const own = new URL(url);
  own.username = NAME;
  own.password = PASSWORD;
  return own.href;
}
