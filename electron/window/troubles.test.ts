import { expect, it } from 'vitest'
import { goneTrouble, hangTrouble, Repeats, sandboxTrouble } from './troubles'

it('tells of a helper process that is gone: which, how, and what goes on', () => {
  expect(goneTrouble({ type: 'GPU', reason: 'crashed', exitCode: 139 })).toEqual({
    text: 'The GPU process has crashed. Tunnels of AWS environments go on.',
    facts: { Process: 'GPU', Reason: 'crashed', 'Exit code': '139' },
  })
  const network = { type: 'Utility', name: 'Network Service', exitCode: 9 }
  expect(goneTrouble({ ...network, reason: 'killed' })?.text).toContain('The Network Service process was killed.')
  // A reason of a newer Electron.
  expect(goneTrouble({ ...network, reason: 'melted' })?.text).toContain('The Network Service process is gone.')
})

it('tells of a Demo that crashed, but not of one that was ended', () => {
  const demo = { type: 'Utility', serviceName: 'node.mojom.NodeService', name: 'Node Utility Process', exitCode: 1 }
  expect(goneTrouble({ ...demo, reason: 'abnormal-exit' })?.text).toContain('The Demo process ended with an error.')
  expect(goneTrouble({ ...demo, reason: 'killed' })).toBeUndefined()
  expect(goneTrouble({ type: 'GPU', reason: 'clean-exit', exitCode: 0 })).toBeUndefined()
})

it('tells of a hanging page that it is loaded again only where that is so', () => {
  expect(hangTrouble(false).text).toContain('loaded again')
  expect(hangTrouble(true).text).not.toContain('loaded again')
})

it('tells that the packed app has no sandbox, and nothing where it was built from source', () => {
  expect(sandboxTrouble(true, true)?.text).toContain('runs without its sandbox')
  expect(sandboxTrouble(true, false)).toBeUndefined()
  expect(sandboxTrouble(false, true)).toBeUndefined()
})

it('tells what comes over and over once a minute', () => {
  const repeats = new Repeats()
  const at = (nowMs: number, text = 'a'): boolean => repeats.isNew(text, nowMs)
  expect([at(0), at(59_999), at(1, 'b'), at(60_000), at(60_001)]).toEqual([true, false, true, true, false])
})
