// The dialogs about containers and ephemeral sessions, one at a time.

import type { ReactNode } from 'react'
import { RunDialog } from '../containers/RunDialog'
import { usePageState } from '../context'

/** The dialog that is open; renders nothing while none is. */
export function ContainerDialogs(): ReactNode {
  const dialog = usePageState((state) => state.containerDialog)
  return dialog.kind === 'run' ? <RunDialog asked={dialog} /> : null
}
