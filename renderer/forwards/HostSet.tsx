// The set of hosts in the detail of a forward: its text, the host that is used now, how it is chosen, and which hosts are good. For a
// service of Amazon ECS: the task that is used now.

import type { ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import type { ForwardView } from '../../shared/model/forward'
import type { Snapshot } from '../../shared/model/snapshot'
import { hostWords, instanceLabel } from '../../shared/status'
import { isOfService } from '../containers/words'
import { usePage, usePageState } from '../context'
import { Button } from '../parts/controls/Button'
import { Fact } from '../parts/text/Fact'
import { ForeignSentence } from '../parts/text/Foreign'
import { CHOICE_LABELS, hostsOf, previewWords, setOfTarget } from '../targets/hosts'
import { containerHint } from './editor/target/containerchoices'
import { isShown } from './listing'
import { countWords } from './words/via'

interface ServiceTasksProps {
  readonly view: ForwardView
  readonly snapshot: Snapshot
  readonly target: string
}

/** The service or the container of a forward, and the task that it uses now. */
function ServiceTasks({ view, snapshot, target }: ServiceTasksProps): ReactNode {
  const { forward, instance, hosts, isOn } = view
  const isListed = isShown(forward.environment, snapshot.environment) && snapshot.containers.listedAt !== undefined
  return (
    <section className="part host-set">
      <h3>{isOfService(target) ? 'Task of a service' : 'Container'}</h3>
      <dl className="facts">
        <Fact name="TARGET" value={target} isCopied />
        {isOn && instance !== undefined && <Fact name="Now" value={hostWords(instance)} />}
        {isOn && hosts !== undefined && <Fact name="When chosen" value={countWords(hosts)} />}
      </dl>
      {isListed && (
        <p className="advice">
          <ForeignSentence text={containerHint(target, snapshot.containers)} />
        </p>
      )}
    </section>
  )
}

/** The section; renders nothing for a forward on a single instance. */
export function HostSet({ view, snapshot }: { readonly view: ForwardView; readonly snapshot: Snapshot }): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const { forward, instance, hosts, isOn } = view
  const { target } = forward
  if (target.kind === 'ecs') return <ServiceTasks view={view} snapshot={snapshot} target={target.target} />
  if (target.kind !== 'set' && target.kind !== 'saved') return null
  const { targets, environment } = snapshot
  const items = snapshot.instances.items
  const saved = target.kind === 'saved' ? targets.find(({ id }) => id === target.targetId) : undefined
  const set = setOfTarget(target, targets)
  const isNamed = target.kind === 'set' && target.hostId !== undefined
  const isListed = isShown(forward.environment, environment) && snapshot.instances.listedAt !== undefined
  return (
    <section className="part host-set">
      <h3>
        Set of hosts
        {saved !== undefined && (
          <Button size="small" variant="quiet" onClick={() => page.askTargets({ kind: 'edit', targetId: saved.id })}>
            Edit target
          </Button>
        )}
      </h3>
      <dl className="facts">
        {saved !== undefined && <Fact name="Target" value={saved.name} />}
        {set !== undefined && <Fact name="Hosts" value={set.hosts} />}
        {set !== undefined && (
          <Fact name="Which host" value={isNamed ? 'Always the same one, no failover' : CHOICE_LABELS[set.choice]} />
        )}
        {isOn && instance !== undefined && <Fact name="Now" value={shownName(instanceLabel(items, instance))} />}
        {isOn && hosts !== undefined && <Fact name="When chosen" value={countWords(hosts)} />}
      </dl>
      {set === undefined && <p className="advice">This target was deleted. Edit the forward to choose another one.</p>}
      {set !== undefined && isListed && (
        <p className="advice">
          <ForeignSentence text={previewWords(hostsOf(set.hosts, items), items, nowAt)} />
        </p>
      )}
    </section>
  )
}
