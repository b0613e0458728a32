import { storedHeadCheck } from './stored-head.js';
import { FakeLog, ORIGIN } from './testing/fake-log.js';

describe('stored-head', () => {
  let log: FakeLog;
  const look = (origin = ORIGIN) => storedHeadCheck({ log, origin, policy: log.policy }).look();
  beforeEach(() => {
    log = new FakeLog(5);
  });

  it('finds nothing while the tiles give the root that was signed, before and after growth', async () => {
    expect(await look()).toEqual([]);
    log.grow(3);
    expect(await look()).toEqual([]);
  });

  it('names a leaf that was edited or taken away by the root', async () => {
    log.leaves[2] = 'other';
    expect(await look()).toEqual([{ kind: 'root-mismatch', size: 5n }]);
    log = new FakeLog(5);
    log.leaves.pop();
    expect(await look()).toEqual([{ kind: 'root-mismatch', size: 5n }]);
  });

  it('names a checkpoint of another log, or that no key of the policy signed', async () => {
    expect(await look('other.localhost/log/test')).toEqual([{ kind: 'checkpoint-invalid' }]);
    const check = storedHeadCheck({ log, origin: ORIGIN, policy: new FakeLog(5).policy });
    expect(await check.look()).toEqual([{ kind: 'checkpoint-invalid' }]);
  });

  it('names a head that is gone, and says nothing where the database does not answer', async () => {
    log.hasHead = false;
    expect(await look()).toEqual([{ kind: 'head-missing' }]);
    log.fault = new Error('connection refused');
    await expect(look()).rejects.toBe(log.fault);
  });
});
