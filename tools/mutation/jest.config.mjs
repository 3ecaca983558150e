/** The unit tests for Stryker, which knows no jest projects: the unit project alone. Stryker adds which files. */
import base from '../../jest.config.mjs';

const { displayName: _, ...unit } = base.projects.find((project) => project.displayName === 'unit');

// These tests take milliseconds; a mutant that waits for ever is noticed sooner.
export default { ...unit, testTimeout: 5_000 };
