/**
 * `node tools/run.mjs PROGRAM ARGUMENTS…`: the first program of `npm start` and `npm test`. It installs the packages that are missing
 * and then runs tools/PROGRAM on Node 24, in this process where it can. Plain JavaScript, because the machine's Node may be 20.
 *
 *   --installed   refuse when packages are missing, instead of installing them
 */
const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(
    `seams: Node ≥ 20 is needed, this is ${process.versions.node}: install a newer one (https://nodejs.org)`,
  );
  process.exit(1);
}

// No static import and no await: an older Node would fail on them before it reads the lines above.
void import('./install/program.mjs').then(({ run }) => run(process.argv.slice(2)));
