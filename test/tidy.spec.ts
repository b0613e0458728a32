import { RULES } from './tidy/rules.js';
import { Tree } from './tidy/tree.js';

const tree = Tree.ofRepository();

describe('the repository', () => {
  it('finds its own sources', () => {
    expect(tree.sources.length).toBeGreaterThan(200);
    expect(tree.places).toEqual(expect.arrayContaining(['libs/consent', 'apps/cli']));
  });

  describe.each(RULES)('$says', ({ broken, example }) => {
    it('holds', () => {
      expect(broken(tree)).toEqual([]);
    });

    it('is not blind', () => {
      expect(broken(tree.withFile(example.file, example.text))).not.toEqual([]);
    });
  });
});
