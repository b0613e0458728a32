import { nodeFault } from './node-fault.js';

describe('nodeFault', () => {
  it.each(['24.0.0', '24.21.0', '26.1.0', process.versions.node])(
    'finds nothing wrong with %s',
    (version) => {
      expect(nodeFault(version)).toBeUndefined();
    },
  );

  it.each(['20.20.2', '22.22.3', 'nonsense'])('says in one line what is wrong with %s', (version) => {
    expect(nodeFault(version)).toContain(`this is ${version}`);
    expect(nodeFault(version)).not.toContain('\n');
  });
});
