// culvert ephemeral against the simulator, whose containers are processes of this computer: the watcher really runs in them.

import { expect, test } from 'vitest'
import { begin, env, run, setEnv, stageCli } from './kit/stages/cli'

// Agents read what a shell prints a second after its start.
stageCli({
  shellDelayMs: 1_000,
  clock: { minuteMs: 600 },
  containers: { delays: { provisioningMs: 20, pullMs: 20, agentMs: 20 } },
})

/** Whether a process of this computer runs. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('a job has its variables, its status is that of the command line, and its output is whole', async () => {
  const command = ['sh', '-c', 'echo "hello $WHO"; exit 7']
  const outcome = await run(['ephemeral', 'demo-production/storefront-web', '--env', 'WHO=me', '--', ...command])
  expect([outcome.status, outcome.text.trim()]).toEqual([7, 'hello me'])
  expect(outcome.stderr).toContain('none of the running ones')
  expect(outcome.stderr).toMatch(/requested .*pulling .*connected/s)
})

test('a command line that is killed leaves no container: it ends once its lease is over, while its shell goes on printing', async () => {
  // A minute of leases is 100 ms: 20 of them are 2 s.
  setEnv({ ...env, CULVERT_EPHEMERAL_MINUTE_MS: '100' })
  const running = begin(
    'ephemeral',
    'demo-production/storefront-web',
    '--',
    'sh',
    '-c',
    'while :; do echo "pid $$."; sleep 1; done',
  )
  await expect.poll(() => running.printed()).toMatch(/pid \d+\./)
  const pid = Number(/pid (\d+)\./.exec(running.printed())?.[1])
  expect(runs(pid)).toBe(true)
  running.child.kill('SIGKILL')
  await running.ended
  expect(runs(pid)).toBe(true)
  await expect.poll(() => runs(pid), { interval: 100 }).toBe(false)
})
