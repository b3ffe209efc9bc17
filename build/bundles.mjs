// The bundles of dist/ and their options: shared by the build and the development server.

import path from 'node:path'
import react from '@vitejs/plugin-react'
import { sdkParts } from './sdkparts.mjs'
import { mendedXterm } from './xterm.mjs'

/** The top of the tree. */
export const root = path.resolve(import.meta.dirname, '..')

/** Options of the Node bundles: ES modules that share chunks. Everything is inside but Electron and the native pty. */
export const nodeBundles = {
  absWorkingDir: root,
  entryPoints: {
    main: 'electron/main.ts',
    web: 'electron/web.ts',
    cli: 'electron/cli.ts',
    simulator: 'electron/simulator.ts',
  },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Lazy imports of CommonJS builds of the AWS SDK would come out as "t is not a constructor".
  mainFields: ['module', 'main'],
  external: ['electron', '@lydell/node-pty'],
  plugins: [sdkParts(path.join(root, 'electron'))],
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  define: { 'process.env.NODE_ENV': '"production"' },
  sourcemap: 'linked',
  legalComments: 'none',
  minifySyntax: true,
  logLevel: 'warning',
}

/** Options of the preload: sandboxed, so it is one CommonJS file that may require Electron only. */
export const preloadBundle = {
  absWorkingDir: root,
  entryPoints: { preload: 'electron/preload.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'browser',
  target: 'chrome140',
  external: ['electron'],
  sourcemap: 'linked',
  legalComments: 'none',
  minifySyntax: true,
  logLevel: 'warning',
}

/** Options of the page. */
export const page = {
  configFile: false,
  root: path.join(root, 'renderer'),
  base: './',
  logLevel: 'warn',
  plugins: [react(), mendedXterm()],
  // The web door puts a nonce of each load in this place.
  html: { cspNonce: 'CSP_NONCE' },
  build: {
    outDir: path.join(root, 'dist/renderer'),
    emptyOutDir: true,
    target: 'chrome140',
    reportCompressedSize: false,
    // Fonts stay files: the page's policy allows no data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Off: a busy machine would set off its advice about slow plugins.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
}
