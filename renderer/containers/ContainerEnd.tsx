// What a person can do about a shell in a container that was not opened: see what blocks it, see the sessions that take its places, or run
// another command where the image lacks this one.

import type { ReactNode } from 'react'
import type { WireError } from '../../shared/errors'
import { isEcsText } from '../../shared/ecstarget'
import type { TerminalView } from '../../shared/model/terminal'
import { usePage, usePageState } from '../context'
import { Button } from '../parts/controls/Button'
import { askCommand, lacksCommand } from './openings'
import { taskOf } from './Place'
import { shortTask } from './words'

interface ContainerEndProps {
  readonly error: WireError | undefined
  readonly view: TerminalView | undefined
}

/** The button; renders nothing for other failures. */
export function ContainerEnd({ error, view }: ContainerEndProps): ReactNode {
  const page = usePage()
  const items = usePageState((state) => state.snapshot?.containers.items)
  const lacking = view === undefined ? undefined : lacksCommand(view, items ?? [])
  if (lacking !== undefined) {
    return (
      <Button size="small" onClick={() => askCommand(page, lacking.cluster, lacking.service, lacking.name)}>
        Run another command…
      </Button>
    )
  }
  if (error === undefined || view === undefined) return null
  const task = taskOf(view)
  if (error.code === 'container-full') {
    return (
      <Button
        size="small"
        onClick={() => {
          page.arrange({ sessionSegment: 'open', sessionText: task === undefined ? 'target:ecs' : `target:${task}` })
          page.show('sessions')
        }}
      >
        Show its sessions
      </Button>
    )
  }
  const isInContainer = view.container !== undefined || isEcsText(view.instance.id)
  if (!isInContainer || (error.code !== 'exec-blocked' && error.code !== 'no-good-host')) return null
  const [, second] = (view.container ?? '').replace(/^ecs:/, '').split('/')
  return (
    <Button
      size="small"
      onClick={() => {
        const words = task === undefined ? (second ?? '') : shortTask(task)
        page.arrange({ listPart: 'containers', containerFilter: words, selectedContainer: undefined })
        page.show('instances')
      }}
    >
      Show containers
    </Button>
  )
}
