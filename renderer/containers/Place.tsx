// Which container a terminal is in, in its status line and in the head of its pane.

import { Box } from 'lucide-react'
import type { ReactNode } from 'react'
import { parseEcsPlace } from '../../shared/ecstarget'
import type { TerminalView } from '../../shared/model/terminal'
import { ForeignName } from '../parts/text/Foreign'
import { shortTask } from './words'

/** The task that a terminal's session is in; undefined while none is chosen, and for an instance. */
export function taskOf(view: TerminalView | undefined): string | undefined {
  return view === undefined ? undefined : (view.ephemeral?.taskId ?? parseEcsPlace(view.instance.id)?.taskId)
}

/** The container and its task; renders nothing for an instance. */
export function ContainerPlace({ view }: { readonly view: TerminalView | undefined }): ReactNode {
  const taskId = taskOf(view)
  if (view === undefined || taskId === undefined) return null
  const { ephemeral, instance } = view
  const short = shortTask(taskId)
  // The core names a container with its task, which stands beside it here.
  const name =
    ephemeral === undefined ? instance.name.replace(` ${short}`, '') : `${ephemeral.service}/${ephemeral.container}`
  return (
    <span className="container-place" title={taskId}>
      <Box size={12} strokeWidth={1.75} aria-hidden="true" />
      <span className="cut-off">
        <ForeignName text={name} />
      </span>
      <span className="mono">{short}</span>
    </span>
  )
}
