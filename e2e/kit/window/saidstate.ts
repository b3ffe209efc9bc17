// Changes messages between the core and a page, for pictures of states that need an account: containers, ephemeral sessions, their
// starts and failures. The page is the real one, and its terminals are shells of the Demo.

import type { Page } from '@playwright/test'
import type { ContainerList } from '../../../shared/model/container'
import type { TerminalView } from '../../../shared/model/terminal'

type Json = Readonly<Record<string, unknown>>

/** The state and the answers that a page gets in place of the core's. */
export interface SaidState {
  containers: ContainerList
  /** Answers to requests, by the name of the request. All other requests go to the core. */
  answers: Readonly<Record<string, (parameters: Json) => unknown>>
  /** Changes the view of a terminal before the page gets it. */
  terminal: (view: TerminalView) => TerminalView
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function read(message: string | Buffer): Json | undefined {
  const said: unknown = typeof message === 'string' ? JSON.parse(message) : undefined
  return isJson(said) ? said : undefined
}

/** Replaces the core's messages to `page` by `state`, from its next connection on. `tell` sends the terminals and containers again. */
export async function saySomethingElse(page: Page, state: SaidState): Promise<{ tell: () => void }> {
  const terminals = new Map<string, TerminalView>()
  let online = ''
  let send: (message: string) => void = () => undefined
  const viewsOf = (value: unknown): readonly TerminalView[] => {
    if (!Array.isArray(value)) return []
    for (const view of value as TerminalView[]) terminals.set(view.id, view)
    return (value as TerminalView[]).map((view) => state.terminal(view))
  }
  const note = (items: unknown): void => {
    if (!Array.isArray(items)) return
    const found = (items as { id: string; agent: { kind: string } }[]).find(({ agent }) => agent.kind === 'online')
    online = found?.id ?? online
  }
  const changed = (said: Json): Json => {
    const value = isJson(said['value']) ? said['value'] : {}
    if (said['event'] === 'snapshot') {
      if (isJson(value['instances'])) note(value['instances']['items'])
      return { ...said, value: { ...value, containers: state.containers, terminals: viewsOf(value['terminals']) } }
    }
    if (said['event'] !== 'snapshot.patch') return said
    if (isJson(value['instances']) && isJson(value['instances']['items'])) note(value['instances']['items']['set'])
    const { containers: _containers, ...parts } = value
    const list = isJson(parts['terminals']) ? parts['terminals'] : undefined
    const set = list?.['set'] === undefined ? {} : { set: viewsOf(list['set']) }
    return { ...said, value: { ...parts, ...(list === undefined ? {} : { terminals: { ...list, ...set } }) } }
  }
  await page.routeWebSocket(/\/link$/, (socket) => {
    const server = socket.connectToServer()
    send = (message) => socket.send(message)
    server.onMessage((message) => {
      const said = read(message)
      socket.send(said === undefined || !('event' in said) ? message : JSON.stringify(changed(said)))
    })
    socket.onMessage((message) => {
      const asked = read(message)
      const name = typeof asked?.['name'] === 'string' ? asked['name'] : ''
      const parameters = isJson(asked?.['parameters']) ? asked['parameters'] : {}
      const answer = state.answers[name]
      const isOurs = 'target' in parameters || name === 'ephemeral.open'
      if (answer !== undefined) socket.send(JSON.stringify({ id: asked?.['id'], ok: true, value: answer(parameters) }))
      else if (isOurs && (name === 'terminal.open' || name === 'ephemeral.open')) {
        const { cols, rows } = parameters
        server.send(JSON.stringify({ ...asked, name: 'terminal.open', parameters: { instanceId: online, cols, rows } }))
      } else server.send(message)
    })
  })
  return {
    tell: () => {
      const { items, ...head } = state.containers
      const containers = { ...head, generation: head.generation + 1, items: { set: items } }
      state.containers = { ...state.containers, generation: head.generation + 1 }
      const set = [...terminals.values()].map((view) => state.terminal(view))
      send(JSON.stringify({ event: 'snapshot.patch', value: { containers, terminals: { set } } }))
    },
  }
}
