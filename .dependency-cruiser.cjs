// The import law (ARCHITECTURE.md): subjects know only what is below them, packages meet only at their public doors,
// and the brains know nothing of sockets, databases or files. `pnpm verify` runs it; packages/core/test/gates proves
// that every rule bites.

/** Pure folders of core: same input, same output, on every machine and at every speed. */
const PURE = '^packages/core/src/(events|decimal|instrument|market|strategy|orders|risk|ledger|execution)/';
/** What pure code may import from outside: schemas and the decimal library. */
const PURE_LIBRARIES = 'node_modules/(zod|big\\.js)/|^(zod|big\\.js)$';

/** Subjects of core, lowest first. A subject imports from itself and from those of earlier rows. */
const LEVELS = [
  ['errors'],
  ['events', 'decimal', 'telemetry', 'lock'],
  ['instrument', 'market'],
  ['bus'],
  ['orders', 'risk', 'exchange', 'ledger', 'execution'],
  ['strategy'],
  ['store', 'simulation'],
  ['record'],
  ['archive', 'testing', 'process'],
];

const upward = LEVELS.slice(0, -1).map((row, level) => ({
  name: `core-upward-from-${row.join('-')}`,
  comment: 'A subject of core imports one above it. Move the shared part down, or the code up.',
  severity: 'error',
  from: { path: `^packages/core/src/(${row.join('|')})/` },
  to: {
    path: `^packages/core/src/(${LEVELS.slice(level + 1)
      .flat()
      .join('|')})/`,
  },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or miss a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-resolvable',
      comment: 'The import leads nowhere: a typing error or a dependency that is not declared.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'pure-no-client-library',
      comment: 'Pure folders import zod and the decimal library, nothing else from outside.',
      severity: 'error',
      from: { path: PURE },
      to: { dependencyTypesNot: ['local', 'aliased', 'core'], path: '.', pathNot: [PURE_LIBRARIES, '^packages/'] },
    },
    {
      name: 'pure-no-node',
      comment: 'Pure folders do no I/O: the only module of Node they may use is crypto, for hashes.',
      severity: 'error',
      from: { path: PURE },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'pure-stays-pure',
      comment: 'Pure code reaches I/O through another folder of core. Ports may be imported as types only.',
      severity: 'error',
      from: { path: PURE },
      to: {
        path: '^packages/core/src/(process|simulation|testing|archive|bus/embedded|store/postgres|telemetry/log-sink)',
      },
    },
    ...upward,
    {
      name: 'brains-know-nothing-of-each-other',
      comment: 'StrategyRunner and Executor meet through events only, so that they may run in two processes.',
      severity: 'error',
      from: { path: '^packages/core/src/(orders|risk|ledger|execution)/' },
      to: { path: '^packages/core/src/strategy/' },
    },
    {
      name: 'brain-of-decisions-places-no-orders',
      comment: 'What a strategy decides is a signal; orders, risk and books are the Executor’s.',
      severity: 'error',
      from: { path: '^packages/core/src/strategy/' },
      to: { path: '^packages/core/src/(orders|risk|ledger|execution|exchange|store)/' },
    },
    {
      name: 'core-stands-alone',
      comment: 'core imports no other package of ours.',
      severity: 'error',
      from: { path: '^packages/core/(src|test)/' },
      to: { path: ['^packages/(?!core/)', '^@alpha-engine/(?!core)'] },
    },
    {
      name: 'core-clients-behind-subpaths',
      comment: 'Importing the types of core must pull in no client: clients live behind subpaths.',
      severity: 'error',
      from: {
        path: '^packages/core/src/',
        pathNot: '^packages/core/src/(bus/embedded|bus/redis|store/postgres|process|testing)/',
      },
      to: { path: '(^|node_modules/)(lmdb|pg|pino|ioredis|prom-client|@electric-sql/[^/]+)(/|$)' },
    },
    {
      name: 'core-root-is-light',
      comment: 'The root of core reaches no folder that has a subpath of its own.',
      severity: 'error',
      from: { path: '^packages/core/src/index\\.ts$' },
      to: { path: '^packages/core/src/(archive|bus/embedded|bus/redis|store/postgres|simulation|process|testing)/' },
    },
    {
      name: 'gmo-adapter-knows-core-only',
      comment: 'An adapter knows the ports: no strategies, no command line, no other adapter.',
      severity: 'error',
      from: { path: '^packages/gmo-adapter/' },
      to: { path: ['^packages/(?!core/|gmo-adapter/)', '^@alpha-engine/(?!core|gmo-adapter)'] },
    },
    {
      name: 'gmo-adapter-no-bus',
      comment: 'An adapter hands events over; it never publishes them.',
      severity: 'error',
      from: { path: '^packages/gmo-adapter/src/' },
      to: {
        path: ['^packages/core/src/(bus|store|process)/', '^@alpha-engine/core/(embedded|redis|postgres|process)$'],
      },
    },
    {
      name: 'strategies-know-core-only',
      comment: 'Strategies import core, indicators and zod.',
      severity: 'error',
      from: { path: '^packages/strategies/src/' },
      to: {
        path: '.',
        pathNot: [
          '^packages/strategies/src/',
          '^packages/core/src/index\\.ts$',
          '^@alpha-engine/core$',
          '(^|node_modules/)(zod|trading-signals)(/|$)',
        ],
      },
    },
    {
      name: 'strategies-no-io',
      comment: 'A strategy is a pure step: no file, no socket, no process.',
      severity: 'error',
      from: { path: '^packages/strategies/src/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'backtest-knows-core-only',
      comment: 'A back-test runs what trades, and nothing of an exchange, a bus, a database or the command line.',
      severity: 'error',
      from: { path: '^packages/backtest/src/' },
      to: {
        path: ['^packages/', '^@alpha-engine/'],
        pathNot: [
          '^packages/backtest/src/',
          '^packages/core/src/(index|simulation/index)\\.ts$',
          '^@alpha-engine/core(/simulation)?$',
        ],
      },
    },
    {
      name: 'nothing-imports-cli',
      comment: 'The command line is where everything meets; nothing depends on it.',
      severity: 'error',
      from: { path: '^packages/(core|gmo-adapter|strategies|backtest)/' },
      to: { path: ['^packages/cli/', '^@alpha-engine/cli$'] },
    },
    {
      name: 'no-deep-imports',
      comment: 'Another package is imported by its name and its exports, not by a path into it.',
      severity: 'error',
      from: { path: '^(packages/([^/]+)|examples|benchmarks|chaos)/' },
      to: {
        path: ['^packages/([^/]+)/', '^@alpha-engine/[^/]+/(src|dist|test)/'],
        pathNot: [
          '^packages/$2/',
          '^packages/[^/]+/src/(index|bus/embedded/index|bus/redis/index|store/postgres/index|(archive|simulation|process|testing|simulator|search|lookahead)/index)\\.ts$',
          '^packages/[^/]+/(dist|schemas)/',
        ],
      },
    },
    {
      name: 'no-relative-way-out',
      comment: 'A relative path that leaves its package is a deep import in disguise.',
      severity: 'error',
      from: { path: '^(packages/([^/]+)|examples|benchmarks|chaos)/' },
      to: { path: '^packages/', pathNot: '^packages/$2/', dependencyTypes: ['local'], dependencyTypesNot: ['aliased'] },
    },
    {
      name: 'source-imports-no-test',
      comment: 'Shipped code does not need tests, examples or benchmarks.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/' },
      to: { path: ['^packages/[^/]+/(test|scripts)/', '^(examples|benchmarks|chaos|scripts)/'] },
    },
    {
      name: 'no-development-dependency-in-source',
      comment: 'Shipped code imports something that users do not get.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional', 'type-only'],
        pathNot: 'node_modules/@types/',
      },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'default', 'types'] },
  },
};
