// Containers by the real command line: the list, a shell, the status of a command, and a forward that a deployment moves.

import { get } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, test, vi } from 'vitest'
import { begin, linesOf, run, simulator, stageCli } from './kit/stages/cli'

const CLUSTER = 'demo-production'
const WEB = `ecs:${CLUSTER}/storefront-web`

stageCli({
  containers: { delays: { provisioningMs: 1, pullMs: 1, agentMs: 1 }, sessionsOfStopped: 'end' },
})

const page = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    get(
      { host: '127.0.0.1', port, path: '/', agent: false },
      (response) => void text(response).then(resolve, reject),
    ).on('error', reject)
  })

test('are listed by service with the reason why a command cannot be executed, also as JSON', async () => {
  const { status, stdout } = await run(['ls', '--containers'])
  const printed = stdout.toString()
  expect(status).toBe(0)
  expect(printed).toContain(`${WEB}  2 of 2 running, FARGATE, storefront-web:1`)
  expect(printed).toMatch(/billing-worker {2}\d of \d running.*\n.*\n.*was started without ECS Exec/)
  const rows: unknown = JSON.parse((await run(['ls', '--containers', '--json'])).stdout.toString())
  expect(rows).toContainEqual(
    expect.objectContaining({ type: 'service', id: `${CLUSTER}/storefront-web`, hasExec: true }),
  )
  expect(rows).toContainEqual(
    expect.objectContaining({ type: 'container', name: 'envoy', service: 'storefront-web', exec: { kind: 'ready' } }),
  )
})

test('run a command with its status and its own line breaks, and a script in a shell', async () => {
  const { status, stdout, stderr } = await run(['exec', `${WEB}/app`, '--', 'sh', '-c', 'printf "a\\nb\\r\\n"; exit 7'])
  expect([status, stdout.toString(), stderr]).toEqual([7, 'a\nb\r\n', ''])
  const shell = begin('shell', WEB)
  shell.child.stdin.end('echo in-$((40 + 2))\n')
  const ended = await shell.ended
  expect([ended.status, ended.stdout.toString()]).toEqual([0, expect.stringContaining('in-42')])
})

test('that cannot be used are refused with what to do, and unknown names with those that there are', async () => {
  const blocked = await run(['shell', `ecs:${CLUSTER}/billing-worker`])
  expect([blocked.status, blocked.stderr]).toEqual([
    1,
    expect.stringMatching(
      /exec-blocked.*started without ECS Exec[\s\S]*aws ecs update-service --cluster demo-production/,
    ),
  ])
  const unknown = await run(['shell', `ecs:${CLUSTER}/storefront`])
  expect(unknown.stderr).toMatch(/unknown-instance.*There are: .*storefront-web/)
})

test('whose image has no sh say so, and a token for a shell in one is refused', async () => {
  const bare = `ecs:${CLUSTER}/ledger`
  const [shell, command, token] = await Promise.all([
    run(['shell', bare]),
    run(['exec', bare, '--', 'ls']),
    run(['authorize', WEB, '--shell', '--hold']),
  ])
  expect([shell.status, shell.stderr]).toEqual([1, expect.stringMatching(/exec-blocked: .*has no \/bin\/sh: name a/)])
  expect([command.status, command.stderr]).toEqual([1, expect.stringMatching(/exec-blocked: .*has no sh, which exec/)])
  expect([token.status, token.stderr]).toEqual([2, expect.stringContaining('authorize a port of it')])
})

test('a forward stays on its port when a deployment replaces its task, and says where it has moved', async () => {
  const forward = begin('forward', `${WEB}/app`, '--remote-port', '8080', '--json')
  await vi.waitFor(() => expect(linesOf(forward)[0]?.type).toBe('listening'), { timeout: 20_000 })
  const port = linesOf(forward)[0]!.port!
  const before = await page(port)
  simulator.ecs.deploy(CLUSTER, 'storefront-web')
  await vi.waitFor(() => expect(forward.printed()).toContain('"kind":"moved"'), { timeout: 60_000 })
  await vi.waitFor(async () => expect(await page(port)).not.toBe(''), { timeout: 20_000 })
  expect(before).not.toBe('')
  forward.child.kill('SIGTERM')
  expect((await forward.ended).status).toBe(0)
}, 120_000)
