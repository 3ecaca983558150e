// jest compiles a .ts set-up to CommonJS, which cannot import the ES modules of tools/; node itself can.
export { startStores as default } from './contract-stores.ts';
