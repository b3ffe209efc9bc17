// What the tests of a credential_process share: profiles with programs of the test, and an account that runs them.

import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, onTestFinished, vi } from 'vitest'
import { openAccount } from '../account'
import type { Account, AwsOptions } from '../parts'
import {
  assumedRole,
  callerIdentity,
  startStandIn,
  startedSession,
  type StandIn,
} from '../../../e2e/kit/aws/awsstandin'

/** A signal that never aborts. */
export const never = new AbortController().signal

/** Node, as a command line names it. */
export const node = `"${process.execPath}"`

/** The folder of this test. */
export let folder: string

/** Writes the profile. */
export const config = (lines: string): Promise<void> => writeFile(join(folder, 'config'), lines)

/** A program that runs `source`, as a command line. */
export async function program(name: string, source: string): Promise<string> {
  const path = join(folder, `${name}.mjs`)
  await writeFile(path, source)
  return `${node} "${path}"`
}

/** Where hanging programs call in, so that a test sees them live and die: a socket closes when its process ends. */
export async function startRollCall() {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const sockets: Socket[] = []
  const gone: Promise<unknown>[] = []
  server.on('connection', (socket) => {
    socket.on('error', () => undefined)
    // Read, or the end would never be seen.
    socket.resume()
    sockets.push(socket)
    gone.push(new Promise((resolve) => socket.once('close', resolve)))
    server.emit('present')
  })
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    /** Source of a program that calls in and then does nothing, for ever. */
    hanging: `import { connect } from 'node:net'\nconnect(${port}, '127.0.0.1').on('error', () => process.exit(9))\n`,
    /** Resolves when `count` have called in. */
    present: async (count: number): Promise<void> => {
      while (sockets.length < count) await once(server, 'present')
    },
    /** Resolves when all that have called in have ended. */
    allGone: () => Promise.all(gone),
  }
}

/** Opens an account whose profile `p` has the program of the test, and whose every service is a stand-in. */
export async function opened(
  options: Partial<AwsOptions> = {},
  env: NodeJS.ProcessEnv = {},
): Promise<[Account, StandIn]> {
  const standIn = await startStandIn(({ action }) => {
    if (action === 'StartSession') return startedSession
    return action === 'AssumeRole'
      ? assumedRole('AssumeRole', 'ROLE', new Date(Date.now() + 3_600_000))
      : callerIdentity
  })
  onTestFinished(() => standIn[Symbol.asyncDispose]())
  const account = await openAccount({
    endpointUrl: standIn.url,
    profile: 'p',
    ...options,
    env: {
      AWS_CONFIG_FILE: join(folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_REGION: 'eu-central-1',
      ...env,
    },
  })
  onTestFinished(() => account[Symbol.asyncDispose]())
  return [account, standIn]
}

/** An answer with keys. */
export const keys = { Version: 1, AccessKeyId: 'PROC', SecretAccessKey: 's' }

/** Makes a folder with AWS files for each test; call it at the top of a test file. */
export function stageProcesses(): void {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'culvert-process-'))
  })
  afterEach(async () => {
    vi.useRealTimers()
    await rm(folder, { recursive: true })
  })
}
