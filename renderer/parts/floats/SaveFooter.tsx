// The footer of a dialog with a form: what Enter does, the way out, and the button that saves.

import type { ReactNode } from 'react'
import { Button } from '../controls/Button'
import { Keys } from './Tooltip'

interface SaveFooterProps {
  /** The label of the button: "Save drain". */
  readonly save: string
  /** Whether the answer of the core is awaited. */
  readonly isSending: boolean
  readonly onCancel: () => void
}

/** The footer; its form gets the submit. */
export function SaveFooter({ save, isSending, onCancel }: SaveFooterProps): ReactNode {
  return (
    <footer>
      <span className="keys-hint">
        <Keys keys={['Enter']} /> saves
      </span>
      <Button size="large" onClick={onCancel}>
        Cancel
      </Button>
      <Button type="submit" size="large" variant="primary" {...(isSending ? { reason: 'Saving.' } : {})}>
        {save}
      </Button>
    </footer>
  )
}
