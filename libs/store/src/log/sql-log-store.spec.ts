import { shouldBehaveLikeLogStore } from '../testing/log-store.contract.js';
import { LogScene } from '../testing/log-scene.js';

describe('SqlLogStore', () => {
  const scenes: LogScene[] = [];
  const scene = async (): Promise<LogScene> => {
    const made = await LogScene.make();
    scenes.push(made);
    return made;
  };
  afterEach(() => Promise.all(scenes.splice(0).map((each) => each.end())));

  // The gateway's open record is the first.
  shouldBehaveLikeLogStore(async () => ({ log: await (await scene()).start(), first: 1n }));
});
