import { expect, test } from 'vitest'
import type { ForwardView } from '../../shared/model/forward'
import type { TerminalView } from '../../shared/model/terminal'
import { carriedSessions } from './carried'

const forward: ForwardView = {
  forward: {
    id: 'f',
    name: 'db',
    environment: { kind: 'demo' },
    target: { kind: 'id', instanceId: 'i-1' },
    remotePort: 5_432,
    startAtLaunch: false,
  },
  isOn: true,
  state: { kind: 'connecting' },
  localPort: 15_432,
  openConnections: 0,
}
const terminal: TerminalView = {
  id: 't',
  instance: { id: 'i-1', name: 'web-1' },
  environment: { kind: 'demo' },
  environmentName: 'Demo',
  size: { cols: 80, rows: 24 },
  state: { kind: 'connecting' },
}

test('a session is carried by its forward, with where it leads and listens, or by its terminal', () => {
  const carried = carriedSessions({
    forwards: {
      sessions: [
        { sessionId: 'one', view: forward },
        {
          sessionId: 'two',
          view: { ...forward, forward: { ...forward.forward, remoteHost: 'fd00::1', maxConnections: 2 }, localPort: 0 },
        },
      ],
    },
    terminals: { sessions: [{ sessionId: 'three', view: terminal }] },
  })
  expect(Object.fromEntries(carried)).toEqual({
    one: {
      carrier: { kind: 'forward', id: 'f', name: 'db' },
      endpoint: 'tcp://localhost:5432',
      localAddress: '127.0.0.1:15432',
    },
    two: { carrier: { kind: 'forward', id: 'f', name: 'db' }, endpoint: 'tcp://[fd00::1]:5432', connectionLimit: 2 },
    three: { carrier: { kind: 'terminal', id: 't', name: 'web-1' } },
  })
})
