// The palette's commands on sets of hosts: saved targets, Auto Scaling groups, and the instances that share a Name.

import { Bookmark, Layers } from 'lucide-react'
import { shownName } from '../../shared/foreigntext'
import type { ForwardTarget } from '../../shared/model/forward'
import type { Instance } from '../../shared/model/instance'
import type { Snapshot } from '../../shared/model/snapshot'
import { isShown } from '../forwards/listing'
import { setGroups } from '../instances/setgroups'
import { compareNames } from '../order'
import type { Page } from '../store'
import { anyNamed, countsWords, hostsOf } from '../targets/hosts'
import type { Command } from './search'

interface Offer {
  readonly id: string
  readonly label: string
  readonly kind: string
  readonly target: ForwardTarget
  readonly hosts: string
  /** The label of a terminal until its host is chosen. */
  readonly title: string
}

/** Opens a shell on any good host, or a new forward on the set. */
function setCommand(page: Page, offer: Offer, instances: readonly Instance[]): Command {
  const { id, label, kind, target, hosts, title } = offer
  const counted = hostsOf(hosts, instances)
  const forward = { verb: 'New forward', run: () => page.editForward(target) }
  return {
    id,
    group: 'Sets of hosts',
    sign: target.kind === 'saved' ? Bookmark : Layers,
    label,
    detail: `${kind}, ${countsWords(counted)}`,
    hidden: hosts,
    ...(counted.good.length === 0
      ? forward
      : { verb: 'Open shell', run: () => page.openTarget(target, title), second: forward }),
  }
}

function sharedNames(instances: readonly Instance[]): readonly (readonly [name: string, count: number])[] {
  const counts = new Map<string, number>()
  for (const { name } of instances) if (name !== '') counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].filter(([, count]) => count > 1).toSorted(([a], [b]) => compareNames(a, b))
}

/** The commands: saved targets of the shown environment, then groups, then shared Names. */
export function setCommands(page: Page, { instances, targets, environment }: Snapshot): readonly Command[] {
  const { items } = instances
  const here = targets.filter((target) => isShown(target.environment, environment))
  const groups = setGroups(items, here).map(({ key, kind, label, target, set }): Offer => ({
    id: `set ${key}`,
    label,
    kind: kind === 'saved' ? 'saved target' : 'Auto Scaling group',
    target,
    hosts: set.hosts,
    title: label,
  }))
  const shared = sharedNames(items).map(([name, count]): Offer => {
    const set = anyNamed(name)
    const label = `${shownName(name)}: any of ${count}`
    return { id: `any ${name}`, label, kind: 'same name', target: { kind: 'set', set }, hosts: set.hosts, title: name }
  })
  return [...groups, ...shared].map((offer) => setCommand(page, offer, items))
}
