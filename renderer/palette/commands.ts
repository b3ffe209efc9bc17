// The palette's commands for the current state of the page.

import {
  Activity,
  ArrowLeftRight,
  Bookmark,
  Boxes,
  Circle,
  Contrast,
  Moon,
  PanelBottomClose,
  RefreshCw,
  Rows3,
  Server,
  SlidersHorizontal,
  SquareTerminal,
  Stethoscope,
  Sun,
} from 'lucide-react'
import { shownName } from '../../shared/foreigntext'
import type { ForwardView } from '../../shared/model/forward'
import type { Instance } from '../../shared/model/instance'
import type { Snapshot } from '../../shared/model/snapshot'
import { addressWords, agentWords, connectBlock, destinationWords, forwardWords } from '../../shared/status'
import { outageCommands } from '../demo/outages'
import { copyForwardAddress, switchForward, switchForwards } from '../forwards/actions'
import { viaLabel } from '../forwards/words/via'
import { platform } from '../frame/platform'
import { keysOf } from '../keys'
import { compareNames } from '../order'
import type { Page } from '../store'
import { DENSITIES, SETTING_TITLES, THEMES } from '../settings/names'
import { record, recordableTerminal } from '../recordings/record'
import { panesOf } from '../store/layout'
import { viewOf } from '../store/panes'
import type { Tab, View } from '../store/state'
import { paneWords, tabLabel, worstWords } from '../terminals/words'
import { containerCommands, showContainers } from './containers'
import type { Command } from './search'
import { setCommands } from './sets'

const THEME_SIGNS = { light: Sun, dark: Moon, system: Contrast } as const

function instanceCommand(page: Page, instance: Instance, snapshot: Snapshot, nowAt: number): Command {
  const { id, name, tags, privateIp } = instance
  const words = agentWords(instance, nowAt)
  const isOpenable = connectBlock(instance, nowAt) === undefined
  const group = tags[snapshot.settings.groupTag] ?? ''
  const told = [shownName(group), name === '' ? '' : `…${id.slice(-4)}`, isOpenable ? '' : words.word.toLowerCase()]
  const through = { verb: 'New forward', run: () => page.editForward({ kind: 'id', instanceId: id }) }
  const show = (): void => {
    page.show('instances')
    page.selectInstance(id)
  }
  return {
    id: `instance ${id}`,
    group: 'Instances',
    sign: words.tone,
    label: name === '' ? id : name,
    detail: told.filter((word) => word !== '').join(', '),
    hidden: [id, privateIp ?? '', ...Object.values(tags)].join('\n'),
    ...(isOpenable
      ? { verb: 'Open shell', run: () => page.openTab(id), second: through }
      : { verb: 'Show why', run: show, second: through }),
  }
}

function forwardCommand(page: Page, view: ForwardView, snapshot: Snapshot, nowAt: number): Command {
  const { forward, isOn } = view
  const words = forwardWords(view, nowAt)
  const address = addressWords(view)
  return {
    id: `forward ${forward.id}`,
    group: 'Forwards',
    sign: words.tone,
    label: forward.name,
    detail: `via ${shownName(viaLabel(view, snapshot))}, ${words.word.toLowerCase()}`,
    hidden: destinationWords(view),
    verb: isOn ? 'Turn off' : 'Turn on',
    run: () => switchForward(page, view, !isOn),
    ...(address === '' ? {} : { address, second: { verb: 'Copy address', run: () => copyForwardAddress(page, view) } }),
  }
}

function tabCommand(page: Page, tab: Tab, index: number, snapshot: Snapshot): Command {
  const panes = panesOf(tab.layout)
  const words = worstWords(panes.map((pane) => paneWords(pane, viewOf(pane, snapshot.terminals))))
  const numbers = ['tab-1', 'tab-2', 'tab-3', 'tab-4', 'tab-5', 'tab-6', 'tab-7', 'tab-8', 'tab-9'] as const
  const number = numbers[index]
  return {
    id: `tab ${tab.key}`,
    group: 'Open tabs',
    sign: SquareTerminal,
    label: tabLabel(tab, snapshot.instances.items),
    detail: `${panes.length === 1 ? 'terminal' : `${panes.length} terminals`}, ${words.word.toLowerCase()}`,
    ...(number === undefined ? {} : { keys: keysOf(number, platform) }),
    hidden: panes.map(({ instance }) => `${instance.id}\n${instance.name}`).join('\n'),
    verb: 'Show',
    run: () => page.selectTab(tab.key),
  }
}

/** The commands for the current tab and for the tab closed last. */
function terminalCommands(page: Page, tabs: readonly Tab[], snapshot: Snapshot): readonly Command[] {
  const { activeTab, closedTabs } = page.store.getState()
  const tab = tabs.find(({ key }) => key === activeTab)
  const closed = closedTabs.at(-1)
  const items = snapshot.instances.items
  return [
    ...(tab === undefined
      ? []
      : (
          [
            ['right', 'Split the terminal right'],
            ['down', 'Split the terminal down'],
          ] as const
        ).map(([direction, label]): Command => ({
          id: label,
          group: 'Actions',
          sign: SquareTerminal,
          label,
          keys: keysOf(direction === 'right' ? 'split-right' : 'split-down', platform),
          verb: 'Split',
          run: () => page.splitPane(tab.key, tab.activePane, direction),
        }))),
    ...recordCommands(page),
    ...(closed === undefined
      ? []
      : [
          {
            id: 'reopen',
            group: 'Actions',
            sign: SquareTerminal,
            label: 'Reopen closed terminal',
            detail: shownName(tabLabel(closed, items)),
            keys: keysOf('reopen-terminal', platform),
            verb: 'Reopen',
            run: () => void page.reopenTab(),
          } as const,
        ]),
  ]
}

/** The command that begins or ends the recording of the terminal in front. */
function recordCommands(page: Page): readonly Command[] {
  const view = recordableTerminal(page)
  if (view === undefined) return []
  const isOn = view.recording !== undefined
  return [
    {
      id: 'record',
      group: 'Actions',
      sign: Circle,
      label: isOn ? 'Stop recording' : 'Record this terminal',
      keys: keysOf('record-terminal', platform),
      verb: isOn ? 'Stop' : 'Record',
      run: () => record(page, view, !isOn),
    },
  ]
}

function actionCommands(page: Page, snapshot: Snapshot): readonly Command[] {
  const go = (view: View, label: string, sign: Command['sign']): Command => ({
    id: `go ${view}`,
    group: 'Actions',
    sign,
    label: `Go to ${label}`,
    keys: view === 'settings' ? keysOf('settings', platform) : ['G', label.charAt(0)],
    verb: 'Go',
    run: () => page.show(view),
  })
  const { forwards, settings } = snapshot
  const toStart = forwards.filter(({ isOn }) => !isOn)
  const toStop = forwards.filter(({ isOn }) => isOn)
  const all = (label: string, views: readonly ForwardView[], isOn: boolean): readonly Command[] =>
    views.length === 0
      ? []
      : [
          {
            id: label,
            group: 'Actions',
            sign: ArrowLeftRight,
            label,
            detail: views.length === 1 ? '1 forward' : `${views.length} forwards`,
            verb: isOn ? 'Start' : 'Stop',
            run: () => switchForwards(page, views, isOn),
          },
        ]
  return [
    {
      id: 'new forward',
      group: 'Actions',
      sign: ArrowLeftRight,
      label: 'New forward',
      keys: keysOf('new-forward', platform),
      verb: 'Open',
      run: () => page.editForward(),
    },
    {
      id: 'targets',
      group: 'Actions',
      sign: Bookmark,
      label: 'Saved targets',
      verb: 'Open',
      run: () => page.askTargets({ kind: 'list' }),
    },
    {
      id: 'refresh',
      group: 'Actions',
      sign: RefreshCw,
      label: 'Refresh instances',
      detail: snapshot.environment.name,
      verb: 'Refresh',
      run: () => void page.ask('instances.refresh', {}),
    },
    {
      id: 'doctor',
      group: 'Actions',
      sign: Stethoscope,
      label: 'Run doctor',
      detail: snapshot.environment.name,
      verb: 'Open',
      run: () => page.askDoctor({ name: snapshot.environment.name }),
    },
    ...all('Start all forwards', toStart, true),
    ...all('Stop all forwards', toStop, false),
    ...outageCommands(page, snapshot),
    go('instances', 'Instances', Server),
    {
      id: 'go containers',
      group: 'Actions',
      sign: Boxes,
      label: 'Go to Containers',
      verb: 'Go',
      run: () => showContainers(page),
    },
    go('forwards', 'Forwards', ArrowLeftRight),
    go('sessions', 'Sessions', SquareTerminal),
    go('recordings', 'Recordings', Circle),
    go('activity', 'Activity', Activity),
    go('settings', 'Settings', SlidersHorizontal),
    ...settingCommands(page, settings),
  ]
}

/** The settings, named as in the "Settings" view, each with the values other than its current one. */
function settingCommands(page: Page, settings: Snapshot['settings']): readonly Command[] {
  const { theme, density, keepRunning } = settings
  const command = (title: string, label: string, sign: Command['sign'], change: Partial<typeof settings>): Command => ({
    id: `setting ${title} ${label}`,
    group: 'Settings',
    sign,
    label: `${title}: ${label}`,
    verb: 'Set',
    run: () => void page.ask('settings.set', change),
  })
  const { theme: themeTitle, density: densityTitle, keepRunning: keepTitle } = SETTING_TITLES
  return [
    ...THEMES.filter(({ value }) => value !== theme).map(({ value, label }) =>
      command(themeTitle, label, THEME_SIGNS[value], { theme: value }),
    ),
    ...DENSITIES.filter(({ value }) => value !== density).map(({ value, label }) =>
      command(densityTitle, label, Rows3, { density: value }),
    ),
    command(keepTitle, keepRunning ? 'Off' : 'On', PanelBottomClose, { keepRunning: !keepRunning }),
  ]
}

/** All commands for the current state: instances, sets of hosts, containers, forwards, open tabs, actions and settings, each group in its own order. */
export function commandsOf(
  page: Page,
  state: { readonly snapshot: Snapshot; readonly tabs: readonly Tab[]; readonly nowAt: number },
): readonly Command[] {
  const { snapshot, tabs, nowAt } = state
  const byName = (a: { readonly name: string }, b: { readonly name: string }): number => compareNames(a.name, b.name)
  // Instances on which a shell can be opened come first, instances without a name last.
  const order = (instance: Instance): number =>
    (connectBlock(instance, nowAt) === undefined ? 0 : 2) + (instance.name === '' ? 1 : 0)
  const instances = snapshot.instances.items
    .map((instance) => ({ instance, place: order(instance) }))
    .sort((a, b) => a.place - b.place || byName(a.instance, b.instance))
    .map(({ instance }) => instance)
  return [
    ...instances.map((instance) => instanceCommand(page, instance, snapshot, nowAt)),
    ...setCommands(page, snapshot),
    ...containerCommands(page, snapshot, nowAt),
    ...snapshot.forwards
      .toSorted((a, b) => byName(a.forward, b.forward))
      .map((view) => forwardCommand(page, view, snapshot, nowAt)),
    ...tabs.map((tab, index) => tabCommand(page, tab, index, snapshot)),
    ...terminalCommands(page, tabs, snapshot),
    ...actionCommands(page, snapshot),
  ]
}
