import { expect, test } from 'vitest'
import { PageCore, snapshot } from '../../e2e/kit/window/pagecore'
import { container } from '../containers/sample.kit'
import { createPage } from '../store'
import { besidePlace } from './opening'
import { panesOf } from './layout'

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const there = { environment: { kind: 'demo' }, environmentName: 'Demo' } as const
const target = { kind: 'ecs', target: 'ecs:shop/storefront' } as const
const web = container('web', 'a')
const inWeb = { instance: { id: web.target ?? '', name: 'storefront/web' }, target, ...there }

test('a session beside one in a container goes to the same container while it is listed, else to the service again', () => {
  expect(besidePlace(inWeb, [web]).target).toEqual({ kind: 'ecs', target: `ecs:shop/${'a'.repeat(32)}/web` })
  expect(besidePlace(inWeb, []).target).toEqual(target)
})

test('a session beside one on a host of a set goes to that host, once it is chosen', () => {
  const set = { kind: 'saved', targetId: 't' } as const
  expect(besidePlace({ instance: { id: 'i-1', name: 'web' }, target: set, ...there }, [])).not.toHaveProperty('target')
  expect(besidePlace({ instance: { id: '', name: 'web' }, target: set, ...there }, []).target).toEqual(set)
})

test('beside an ephemeral session a person is asked before another task is started, and so is reopening one', () => {
  const page = createPage(new PageCore())
  page.store.setState({ snapshot: { ...snapshot } })
  const fields = { cluster: 'shop', service: 'storefront', memoryMiB: 2_048 }
  const asked = { kind: 'ephemeral', fields }
  page.openEphemeral(fields)
  const [tab] = page.store.getState().tabs
  expect(tab === undefined ? [] : panesOf(tab.layout)).toMatchObject([{ ephemeral: fields }])
  for (const again of [() => page.openLike(), () => page.splitPane('tab-1', 'pane-1', 'down')]) {
    page.arrange({ containerDialog: { kind: 'closed' } })
    again()
    expect(page.store.getState()).toMatchObject({ containerDialog: asked, tabs: [{ key: 'tab-1' }] })
  }
  page.closeTab('tab-1')
  page.arrange({ containerDialog: { kind: 'closed' } })
  page.reopenTab()
  expect(page.store.getState()).toMatchObject({ containerDialog: asked, tabs: [] })
})

test('Enter in an ephemeral terminal that has ended asks before a task is started; elsewhere it starts a session at once', async () => {
  const core = new PageCore()
  const page = createPage(core)
  page.store.setState({ snapshot: { ...snapshot } })
  const size = { cols: 80, rows: 24 }
  page.openEphemeral({ cluster: 'shop', service: 'storefront' })
  void page.openTerminal('pane-1', size)
  core.take('ephemeral.open').answer({ terminalId: 't1' })
  await settled()
  page.askToRestart('pane-1', size)
  const asked = { kind: 'again', paneKey: 'pane-1', service: 'storefront', size }
  expect(page.store.getState().containerDialog).toEqual(asked)
  void page.restartTerminal('pane-1', size)
  expect(core.take('terminal.restart').parameters).toEqual({ terminalId: 't1', ...size })
  page.openTab('i-1')
  void page.openTerminal('pane-2', size)
  core.take('terminal.open').answer({ terminalId: 't2' })
  await settled()
  page.askToRestart('pane-2', size)
  expect(core.take('terminal.restart').parameters).toEqual({ terminalId: 't2', ...size })
})
