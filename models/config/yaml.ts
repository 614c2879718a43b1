// What is used of the package `yaml` to read. scripts/bundle.mjs puts its build for browsers into this file: the one for Node asks the environment at every
// token whether to log it, a tenth of the time of a large mesh.
export { Composer, isAlias, isMap, isScalar, isSeq, LineCounter, Parser, Schema } from 'yaml';
