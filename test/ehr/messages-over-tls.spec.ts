import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, type Config } from '#config';
import { acksIn, makeMessage, makeProfile } from '../../apps/ingest/src/v2/testing/messages.js';
import { MllpClient } from '../../libs/ehr/src/testing/mllp-client.js';
import { makeIdentities } from '../../libs/ehr/src/testing/mllp-senders.js';
import { openMessageNode, type MessageNode } from './message-node.js';

const identities = makeIdentities(['server', 'lakeview', 'stranger']);
const PROFILE = makeProfile('lakeview', { peers: { subjects: ['O=Test, CN=lakeview'] } });
const describeTls = identities === undefined ? describe.skip : describe;
const folder = mkdtempSync(join(tmpdir(), 'messages-tls-'));

function file(name: string, text = ''): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

/** The settings, as an operator gives them. */
function configured(): Config {
  const loaded = loadConfig({
    MLLP_TLS_CERT_FILE: file('server.pem', identities?.of.get('server')?.cert),
    MLLP_TLS_KEY_FILE: file('server.key', identities?.of.get('server')?.key),
    MLLP_TLS_CA_FILE: file('ca.pem', identities?.ca),
  });
  if (loaded.kind !== 'ok') throw new Error(loaded.faults.join('\n'));
  return loaded.config;
}

describeTls('a node with MLLP_TLS_*', () => {
  let node: MessageNode;
  beforeAll(async () => {
    node = await openMessageNode(configured(), [PROFILE]);
  }, 120_000);
  afterAll(async () => {
    await node.close();
    rmSync(folder, { recursive: true });
  });

  function connect(sender: string | undefined): Promise<MllpClient> {
    const { host, port } = node.address;
    const own = sender === undefined ? {} : identities?.of.get(sender);
    return MllpClient.connect({ host, port, tls: { ca: identities?.ca, ...own } });
  }

  it('takes messages of the sender whose certificate a source names', async () => {
    expect(node.address.tls).toBe(true);
    const client = await connect('lakeview');
    expect(acksIn(await client.send(makeMessage({ controlId: 'T1' })))).toEqual(['AA T1']);
    expect(await node.inbox.list({ limit: 5 })).toMatchObject([{ source: 'lakeview', controlId: 'T1' }]);
    await client.close();
  });

  it('takes none of anybody else', async () => {
    const { host, port } = node.address;
    const before = await node.inbox.list({ limit: 5 });
    for (const sender of ['stranger', undefined]) {
      const refused = connect(sender).then((client) => client.send(makeMessage()));
      await expect(refused).rejects.toMatchObject({ code: 'source-unavailable' });
    }
    const plain = await MllpClient.connect({ host, port });
    await expect(plain.send(makeMessage())).rejects.toMatchObject({ code: 'source-unavailable' });
    expect(await node.inbox.list({ limit: 5 })).toEqual(before);
  });
});
