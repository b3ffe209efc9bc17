// The bundled part of an AWS SDK package: what the sources take, and nothing else.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { build } from 'esbuild'
import { expect, onTestFinished, test } from 'vitest'
import { plainKeys, sdkParts, takenNames } from './sdkparts.mjs'

test('a bundle has the commands that its sources take of the SDK, and no other', async () => {
  // In node_modules, so that esbuild finds the packages.
  const folder = await mkdtemp(path.join(import.meta.dirname, '..', 'node_modules', '.culvert-parts-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const take = (name: string): string =>
    `const { ${name} } = await import('@aws-sdk/client-sts')\nconsole.log(${name})\n`
  await writeFile(path.join(folder, 'one.ts'), take('AssumeRoleCommand'))
  await writeFile(path.join(folder, 'two.ts'), `import './one'\n${take('GetCallerIdentityCommand')}`)
  const { outputFiles } = await build({
    entryPoints: [path.join(folder, 'two.ts')],
    outdir: folder,
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    splitting: true,
    mainFields: ['module', 'main'],
    plugins: [sdkParts(folder)],
  })
  const text = outputFiles.map((file) => file.text).join('')
  const names = ['AssumeRoleRequest', 'GetCallerIdentityRequest', 'GetFederationTokenRequest']
  expect(names.filter((name) => text.includes(name))).toEqual(['AssumeRoleRequest', 'GetCallerIdentityRequest'])
})

test('an import of a whole package is refused with its file', () => {
  const whole = "const sts = await import('@aws-sdk/client-sts')"
  expect(() => takenNames(whole, 'electron/a.ts')).toThrow('electron/a.ts: import of the SDK by name only')
  expect(takenNames("const {\n  A,\n  B,\n} = await import('@aws-sdk/x')", 'a.ts')).toEqual([
    { from: '@aws-sdk/x', name: 'A' },
    { from: '@aws-sdk/x', name: 'B' },
  ])
})

test('a computed key of a schema is written out if it is a known word', () => {
  expect(plainKeys('const _n = "name";\nvar A$ = [{ [_n]: 1, [_other]: 2 }, [_n]];')).toBe(
    'const _n = "name";\nvar A$ = [{ "name": 1, [_other]: 2 }, [_n]];',
  )
})
