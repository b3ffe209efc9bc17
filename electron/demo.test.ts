import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { demoEnvironment, spawnDemoChild } from './demo'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-demo-'))
})
afterAll(() => rm(folder, { recursive: true }))

const ready = {
  endpointUrl: 'http://127.0.0.1:40001',
  region: 'eu-central-1',
  credentials: { accessKeyId: 'A', secretAccessKey: 'hunter2', sessionToken: 'T' },
}
let count = 0

/** A child that runs `source`; its first line is the ready line. */
async function script(source: string): Promise<string> {
  count += 1
  const path = join(folder, `child-${count}.mjs`)
  await writeFile(path, source)
  return path
}

const say = (value: unknown): string => `console.log(${JSON.stringify(JSON.stringify(value))});`

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('the Demo', () => {
  test('is ready with what its child says, and ends when it is disposed of', async () => {
    const withPid = `const r = ${JSON.stringify(ready)}; r.region = 'pid-' + process.pid; console.log(JSON.stringify(r)); process.stdin.resume();`
    const demo = await spawnDemoChild(await script(withPid))
    const pid = Number(demo.region.slice(4))
    expect(demo).toMatchObject({ endpointUrl: ready.endpointUrl, credentials: ready.credentials })
    expect(isRunning(pid)).toBe(true)
    await demo[Symbol.asyncDispose]()
    expect(isRunning(pid)).toBe(false)
    await demo[Symbol.asyncDispose]()
  })

  test('tells whether its shells are real; a child that says nothing of it has some', async () => {
    await using plain = await spawnDemoChild(await script(`${say(ready)} process.stdin.resume()`))
    await using scripted = await spawnDemoChild(
      await script(`${say({ ...ready, hasRealShells: false })} process.stdin.resume()`),
    )
    expect([plain.hasRealShells, scripted.hasRealShells]).toEqual([true, false])
  })

  test('is killed when it does not end by itself', async () => {
    const stubborn = `const r = ${JSON.stringify(ready)}; r.region = 'pid-' + process.pid; console.log(JSON.stringify(r)); setInterval(() => {}, 1000);`
    const demo = await spawnDemoChild(await script(stubborn))
    await demo[Symbol.asyncDispose]()
    expect(isRunning(Number(demo.region.slice(4)))).toBe(false)
  })

  test('gets nothing of AWS from our environment, and the rest of it', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'real')
    vi.stubEnv('CULVERT_TEST', 'here')
    try {
      const source =
        `const names = Object.keys(process.env).filter((name) => /aws/i.test(name)).join();` +
        `const r = ${JSON.stringify(ready)}; r.region = (process.env.CULVERT_TEST ?? '') + ':' + names; console.log(JSON.stringify(r)); process.stdin.resume();`
      await using demo = await spawnDemoChild(await script(source))
      expect(demo.region).toBe('here:')
    } finally {
      vi.unstubAllEnvs()
    }
  })

  test('gets an environment without anything of AWS, whichever door starts it', () => {
    const env = { PATH: '/bin', AWS_PROFILE: 'prod', aws_session_token: 'x', AWSOME: 'y', NOTHING: undefined }
    expect(demoEnvironment(env)).toEqual({ PATH: '/bin', AWSOME: 'y' })
  })

  test('tells how it has ended, with its last words, also where what it started lives on', async () => {
    const dying = `
      import { spawn } from 'node:child_process'
      const r = ${JSON.stringify(ready)}
      const rest = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit', detached: true })
      r.region = String(rest.pid)
      console.log(JSON.stringify(r))
      process.stdin.once('end', () => { console.error('no\\nmore'); process.exit(7) })
      process.stdin.resume()
    `
    const demo = await spawnDemoChild(await script(dying))
    onTestFinished(() => void process.kill(Number(demo.region), 'SIGKILL'))
    await demo[Symbol.asyncDispose]()
    expect(await demo.ended).toBe('it ended with 7; it said: no more')
  })

  test('survives a child that goes on talking', async () => {
    await using demo = await spawnDemoChild(
      await script(
        `${say(ready)} const line = 'x'.repeat(60_000); for (let i = 0; i < 20; i++) { console.log(line); console.error(line) } process.stdin.resume();`,
      ),
    )
    expect(demo.region).toBe('eu-central-1')
  })

  test.each([
    [
      'the child ends',
      'console.error("no pty\\u001b[31m here"); process.exit(3)',
      /it ended with 3; it said: no pty \[31m here/,
    ],
    ['the child says something else', 'console.log("hello"); process.stdin.resume()', /did not say where it listens/],
    [
      'the child listens elsewhere',
      say({ ...ready, endpointUrl: 'http://203.0.113.5:1' }),
      /did not say where it listens/,
    ],
    ['the child has no key', say({ ...ready, credentials: { accessKeyId: 'A' } }), /did not say where it listens/],
    [
      'the child says too much',
      'process.stdout.write("x".repeat(20_000)); process.stdin.resume()',
      /said something else/,
    ],
  ])('fails with simulator-failed when %s', async (_, source, message) => {
    await expect(spawnDemoChild(await script(source))).rejects.toMatchObject({
      code: 'simulator-failed',
      message: expect.stringMatching(message),
    })
  })

  test('fails with simulator-failed when its bundle is missing, without repeating credentials', async () => {
    await expect(spawnDemoChild(join(folder, 'missing.mjs'))).rejects.toMatchObject({ code: 'simulator-failed' })
    const leaky = await script(`${say({ ...ready, region: 7 })} process.stdin.resume()`)
    const error = await spawnDemoChild(leaky).catch((thrown: unknown) => thrown)
    expect(JSON.stringify([String(error), (error as Error).cause])).not.toContain('hunter2')
  })

  test('fails with its own error in a process that has no descriptor left, and that process lives', async () => {
    const source = `
      import { closeSync, openSync, writeSync } from 'node:fs'
      import { spawnDemoChild } from './electron/demo'
      const held = []
      try {
        for (;;) held.push(openSync('/dev/null'))
      } catch {}
      const error = await spawnDemoChild().catch((thrown) => thrown)
      await new Promise((resolve) => setImmediate(resolve))
      for (const descriptor of held) closeSync(descriptor)
      writeSync(1, error.code + ': ' + error.message)
    `
    const outfile = join(folder, 'exhausted.mjs')
    await build({
      stdin: { contents: source, resolveDir: process.cwd() },
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
    })
    const { stdout } = await promisify(execFile)('sh', [
      '-c',
      'ulimit -n 64; exec "$0" "$1"',
      process.execPath,
      outfile,
    ])
    expect(stdout).toMatch(/^simulator-failed: The Demo could not be started \(spawn .* EMFILE\)/)
  })
})
